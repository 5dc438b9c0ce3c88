# verdict: invalid crashed
"""Returns an array that lies about its memory: 16 strides of 2 MiB past the end of a small buffer."""
import numpy as np


def solve(weights, hints):
    return np.lib.stride_tricks.as_strided(np.ones(1), shape=(len(weights),), strides=(1 << 30,))
