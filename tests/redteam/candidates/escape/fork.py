# verdict: ok
# score: 64
# naive: run
"""Forks once; the child ends at once."""
import os


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    try:
        pid = os.fork()
    except OSError:
        return x
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return {"x": x, "breach": "forked"}
