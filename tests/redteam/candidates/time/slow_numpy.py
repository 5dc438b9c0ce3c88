# verdict: timeout
# stage: brief
"""A long call into LAPACK."""
import numpy as np


def solve(weights, hints):
    matrix = np.random.default_rng(0).normal(size=(3000, 3000))
    return np.linalg.svd(matrix)[1][: len(weights)]
