# verdict: ok crashed
# score: 64
"""Moves deep folders up and down without pause, so that who walks through them comes out elsewhere."""
import os
import time


def solve(weights, hints):
    end = time.monotonic() + 0.2
    try:
        os.makedirs("redteam-a/b/c/d/e/f/g", exist_ok=True)
        while time.monotonic() < end:
            os.rename("redteam-a/b/c/d/e", "redteam-e")
            os.rename("redteam-a", "redteam-e/f/g/redteam-a")
            os.rename("redteam-e/f/g/redteam-a", "redteam-a")
            os.rename("redteam-e", "redteam-a/b/c/d/e")
    except OSError:
        pass
    return [1.0 if w > 0 else -1.0 for w in weights]
