# verdict: memory
"""Asks NumPy for more than there may be."""
import numpy as np


def solve(weights, hints):
    kept = []
    while True:
        kept.append(np.ones(1 << 23))
