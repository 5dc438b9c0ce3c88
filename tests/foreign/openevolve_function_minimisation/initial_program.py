"""Looks for the lowest point of a hilly surface by walking downhill at random."""

import random

from surface import height

SEED = 20


# EVOLVE-BLOCK-START
def search(budget):
    """The best point found in `budget` steps, as (x, y)."""
    x, y = 4.0, 4.0
    best = height(x, y)
    for _ in range(budget):
        reach = 0.05 + 0.2 * random.random()
        near_x = x + reach * (2 * random.random() - 1)
        near_y = y + reach * (2 * random.random() - 1)
        value = height(near_x, near_y)
        if value < best:
            x, y, best = near_x, near_y, value
    return x, y


# EVOLVE-BLOCK-END


def run_search():
    """What the evaluator calls."""
    random.seed(SEED)
    return search(200)
