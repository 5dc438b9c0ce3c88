# verdict: ok
# score: 64
# first: state/posix_shared_memory
"""Leaves named shared memory, and finds it when it runs again."""
from multiprocessing import shared_memory


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    if not CALLED:
        CALLED.append(1)
        try:
            block = shared_memory.SharedMemory("redteam-block")
        except (OSError, ValueError):
            block = None
        if block:
            return {"x": x, "breach": "shared memory of an earlier run"}
        try:
            KEPT.append(shared_memory.SharedMemory("redteam-block", create=True, size=4096))
        except (OSError, ValueError):
            pass
    return x


CALLED, KEPT = [], []
