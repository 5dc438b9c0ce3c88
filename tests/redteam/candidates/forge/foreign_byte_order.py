# verdict: ok
# score: 64
"""Returns a big-endian array that has another value for who ignores its type."""
import numpy as np


def solve(weights, hints):
    return np.array([1.0 if w > 0 else -1.0 for w in weights], dtype=">f8")
