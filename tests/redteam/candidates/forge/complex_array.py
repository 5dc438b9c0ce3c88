# verdict: invalid ok
# score: <=64
"""Returns a complex array, the imaginary part of which gets lost without an error."""
import numpy as np


def solve(weights, hints):
    return np.array([complex(1.0 if w > 0 else -1.0, 1e6) for w in weights])
