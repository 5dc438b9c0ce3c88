# verdict: invalid
"""Hides one NaN in an array that is within bounds otherwise."""
import numpy as np


def solve(weights, hints):
    x = np.array([1.0 if w > 0 else -1.0 for w in weights])
    x[3] = np.nan
    return x
