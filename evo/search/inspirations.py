"""Good candidates that are unlike what a task builds on."""

from collections.abc import Sequence

import numpy as np

from evo.search.population import Node, Population
from evo.search.seeding import distinct_below

BEST = 16
"""Inspirations come from so many of the best."""

DRAWN = 8
"""So many of these, drawn anew for every task, are compared: prompts from one parent then differ."""

GENERATIONS = 4
"""Candidates without a common ancestor so many generations back are strangers."""


def inspirations(
    population: Population, parents: Sequence[Node], n: int, rng: np.random.Generator
) -> list[Node]:
    """Up to `n` of the best candidates, unlike the parents and each other; fewer if there are no more.

    Each in turn is the one whose nearest among the parents and those chosen before is farthest away,
    where the last of the best counts half as much as the first. Distance is half kinship, half whether
    the scores differ. The cost does not depend on the size of the population.

    Source: greedy max-min dispersion, as in Ravi, Rosenkrantz and Tayi, Operations Research 42 (1994).
    """
    avoided = {node.index for node in parents}
    best = [node for node in population.best(BEST + len(avoided)) if node.index not in avoided][:BEST]
    ranks = distinct_below(rng, len(best), DRAWN)
    lines = {node.index: _line(population, node) for node in (*parents, *(best[rank] for rank in ranks))}
    nearest = dict.fromkeys(ranks, 1.0)
    chosen: list[Node] = []
    newest: Sequence[Node] = parents
    while nearest and len(chosen) < n:
        for rank in nearest:
            node = best[rank]
            for other in newest:
                apart = _kinship(lines[node.index], lines[other.index]) + (node.score != other.score)
                nearest[rank] = min(nearest[rank], apart / 2)
        rank = max(nearest, key=lambda rank: nearest[rank] * (1 - rank / (2 * BEST)))
        del nearest[rank]
        newest = [best[rank]]
        chosen += newest
    return chosen


def _line(population: Population, node: Node) -> list[int]:
    """`node` and its ancestors along first parents, the nearest first."""
    line = [node.index]
    while node.parents and len(line) <= GENERATIONS:
        node = population.nodes[node.parents[0]]
        line.append(node.index)
    return line


def _kinship(one: list[int], other: list[int]) -> float:
    """Steps between two lines over their nearest common ancestor, as a share of the most; 1 without any."""
    for steps, index in enumerate(one):
        if index in other:
            return (steps + other.index(index)) / (2 * GENERATIONS)
    return 1.0
