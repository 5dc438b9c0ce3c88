# verdict: invalid
"""Returns an array of records whose fields overlap and have deceiving titles."""
import numpy as np


def solve(weights, hints):
    layout = np.dtype({"names": ["x", "score"], "formats": ["<f8", "<f8"], "offsets": [0, 0],
                       "titles": ["status", "key"], "itemsize": 8})
    return np.ones(len(weights), dtype=layout)
