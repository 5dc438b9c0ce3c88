# verdict: ok crashed
# score: 64
"""Keeps a folder that can be listed and not searched, while its size is being measured."""
import os
import time


def solve(weights, hints):
    if not os.path.exists("redteam-listed"):
        os.mkdir("redteam-listed")
        for number in range(4):
            open(f"redteam-listed/{number}", "w").close()
        os.fchmod(os.open("redteam-listed", os.O_RDONLY), 0o400)
    time.sleep(0.15)
    return [1.0 if w > 0 else -1.0 for w in weights]
