"""Which designs to label first: every pair of values once, then those expected to be best and worst."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from tests.benchmarks.landscapes.space import Genome, Space

_TRIES = 20

Pair = tuple[int, int, int, int]
"""An axis with its value, and another with its value."""


def covering(space: Space, rng: np.random.Generator) -> list[Genome]:
    """Designs that hold every pair of components together at least once; parameters are drawn at random.

    Greedy: of a few designs drawn around a pair that is open, the one that covers most is taken.

    Source: Cohen, Dalal, Fredman and Patton, The AETG system (1997).
    """
    axes = [axis for axis in range(len(space.axes)) if not space.axes[axis].is_ordinal]
    left = {
        (a, i, b, j): None
        for a, b in combinations(axes, 2)
        for i in range(space.shape[a])
        for j in range(space.shape[b])
    }
    chosen: list[Genome] = []
    while left:
        a, i, b, j = next(iter(left))
        drawn = space.sample(rng, _TRIES)
        drawn[:, a], drawn[:, b] = i, j
        found = max(
            map(tuple, drawn.tolist()), key=lambda genome: sum(p in left for p in pairs(genome, axes))
        )
        chosen.append(found)
        for pair in pairs(found, axes):
            left.pop(pair, None)
    return chosen


def pairs(genome: Genome, axes: list[int]) -> Iterator[Pair]:
    """The pairs of values that a design holds on `axes`."""
    for a, b in combinations(axes, 2):
        yield a, genome[a], b, genome[b]


def two_sided(mean: np.ndarray, std: np.ndarray, n: int, kappa: float = 1.0) -> list[int]:
    """Places of `n` designs: in turn the one with the highest ``μ + κσ`` and with the highest ``−μ + κσ``.

    Source: AgentSwift (arXiv 2506.06017), cold start of its value model.
    """
    good, poor = np.argsort(-(mean + kappa * std)).tolist(), np.argsort(-(kappa * std - mean)).tolist()
    chosen: dict[int, None] = {}
    for one, other in zip(good, poor, strict=True):
        chosen.setdefault(one)
        chosen.setdefault(other)
    return list(chosen)[:n]
