# verdict: ok
# score: 64
"""NumPy, with linear algebra and random numbers on the way; returns an array."""

import numpy as np


def solve(weights, hints):
    w = np.asarray(weights)
    rotation, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(16, 16)))
    return np.sign(np.round(rotation.T @ (rotation @ w), 6))
