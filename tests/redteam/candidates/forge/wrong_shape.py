# verdict: invalid
"""Returns a matrix that would be broadcast against the weights."""
import numpy as np


def solve(weights, hints):
    return np.ones((1000, len(weights)))
