# verdict: ok
# score: 64
"""Returns a view with negative strides over a larger array that holds other numbers."""
import numpy as np


def solve(weights, hints):
    wide = np.full(2 * len(weights), 1e6)
    wide[::2] = [1.0 if w > 0 else -1.0 for w in weights][::-1]
    return wide[::2][::-1]
