"""Approximates the sine on [0, pi] by a polynomial."""

import numpy as np


# EVOLVE-BLOCK-START
def coefficients():
    """Of 1, x, x^2 and x^3, in this order."""
    return [0.0, 1.2, -0.35, 0.0]


def approximate(x):
    """An estimate of sin(x)."""
    total = np.zeros_like(x)
    for power, factor in enumerate(coefficients()):
        total = total + factor * x**power
    return total


# EVOLVE-BLOCK-END


def run_experiment(points):
    """What the evaluator calls: estimates at `points` places, with the places."""
    x = np.linspace(0.0, np.pi, points)
    return x, approximate(x)
