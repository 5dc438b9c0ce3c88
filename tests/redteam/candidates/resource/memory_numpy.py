# verdict: memory
# stage: long
"""Asks NumPy for more than there may be."""
import numpy as np


def solve(weights, hints):
    kept = []
    while True:
        kept.append(np.zeros(1 << 23))
