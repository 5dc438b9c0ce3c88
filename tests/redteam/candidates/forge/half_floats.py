# verdict: invalid ok
# score: <=64
"""Returns 16-bit floats that overflow when they are multiplied in their own type."""
import numpy as np


def solve(weights, hints):
    return np.full(len(weights), 65504, dtype=np.float16)
