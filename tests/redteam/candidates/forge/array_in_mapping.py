# verdict: ok invalid crashed
# score: <=64
"""Hides an array, a date and bytes inside of a mapping, past a check of the outermost type."""
import numpy as np


def solve(weights, hints):
    x = np.array([1.0 if w > 0 else -1.0 for w in weights])
    return {"x": x, "key": np.bytes_(b"any"), 1: {None: x.astype(object)}}
