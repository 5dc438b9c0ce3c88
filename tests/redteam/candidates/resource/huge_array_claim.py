# verdict: invalid
"""Returns an array of a hundred megabytes."""
import numpy as np


def solve(weights, hints):
    return np.ones(13_000_000)
