# verdict: invalid
"""Returns 8-bit integers of -128, whose absolute value overflows to -128."""
import numpy as np


def solve(weights, hints):
    return np.full(len(weights), -128, dtype=np.int8)
