"""Landscapes in the shape of agent designs: main, pair and triple effects, typed parameters, bad pairs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from tests.benchmarks.landscapes.landscape import CALM, Conditions, Landscape
from tests.benchmarks.landscapes.space import Axis, Space

PAIR_SD, TRIPLE_SD, PARAMETER_DEPTH = 0.7, 0.7, 1.5


@dataclass
class DesignTruth:
    """A sum of tables over the axes, invalid where two components do not fit.

    Attributes:
        tables: axes -> ``[values of the first, of the second, ...]`` effects.
        misfits: pairs of axes -> ``[values, values]``, True where the design is invalid.
        expense: slot's axis -> ``[values]`` factors of the cost of judging.
    """

    tables: dict[tuple[int, ...], np.ndarray]
    misfits: dict[tuple[int, int], np.ndarray]
    expense: dict[int, np.ndarray]
    best: float | None = field(default=None, init=False)

    def scores(self, genomes: np.ndarray) -> np.ndarray:
        """See `Truth.scores`."""
        found = np.zeros(len(genomes))
        for axes, table in self.tables.items():
            found += table[tuple(genomes[:, axis] for axis in axes)]
        for (first, second), bad in self.misfits.items():
            found[bad[genomes[:, first], genomes[:, second]]] = np.nan
        return found

    def costs(self, genomes: np.ndarray) -> np.ndarray:
        """See `Truth.costs`."""
        found = np.ones(len(genomes))
        for axis, factors in self.expense.items():
            found *= factors[genomes[:, axis]]
        return found


def designs(
    components: Sequence[int],
    parameters: Sequence[int] = (),
    *,
    seed: int = 0,
    pairs: float = 0.3,
    triples: int = 2,
    misfits: float = 0.05,
    conditions: Conditions = CALM,
    name: str = "",
) -> Landscape:
    """A landscape of slots.

    Args:
        components: how many each slot has.
        parameters: how many values the typed parameter of each of the first slots has. The best value
            depends on the component.
        seed: of all effects.
        pairs: share of the pairs of slots that interact.
        triples: how many sets of three slots do.
        misfits: share of the pairs of components of interacting slots that make a design invalid.
        conditions: of the search.
        name: in tables.
    """
    rng = np.random.default_rng((seed, len(components), len(parameters)))
    slots = range(len(components))
    tables: dict[tuple[int, ...], np.ndarray] = {
        (slot,): rng.standard_normal(components[slot]) for slot in slots
    }
    every = list(combinations(slots, 2))
    chosen = [every[i] for i in rng.permutation(len(every))[: round(pairs * len(every))]]
    bad = {}
    for a, b in chosen:
        shape = (components[a], components[b])
        tables[a, b] = PAIR_SD * rng.standard_normal(shape)
        bad[a, b] = rng.random(shape) < misfits
    for _ in range(triples):
        a, b, c = sorted(rng.choice(len(components), 3, replace=False).tolist())
        tables[a, b, c] = TRIPLE_SD * rng.standard_normal((components[a], components[b], components[c]))
    for slot, levels in enumerate(parameters):
        tables[slot, len(components) + slot] = _parameter(rng, components[slot], levels)
    expense = {slot: _factors(rng, components[slot]) for slot in slots if slot % 2 == 0}
    truth = DesignTruth(tables, bad, expense)
    space = _space(components, parameters)
    return Landscape(name or f"designs-{space.size:.0e}", space, truth, conditions, seed)


def _parameter(rng: np.random.Generator, n_components: int, levels: int) -> np.ndarray:
    """``[components, levels]``: a parabola with its top at a level of the component's own."""
    top = rng.random((n_components, 1))
    depth = PARAMETER_DEPTH * rng.random((n_components, 1))
    found: np.ndarray = -depth * ((np.arange(levels) / (levels - 1) - top) / 0.5) ** 2
    return found


def _factors(rng: np.random.Generator, n: int) -> np.ndarray:
    factors = np.exp(0.4 * rng.standard_normal(n))
    found: np.ndarray = factors / factors.mean()
    return found


def _space(components: Sequence[int], parameters: Sequence[int]) -> Space:
    names = [f"slot{i}" for i in range(len(components))]
    chosen = [
        Axis(name, tuple(f"part{j}" for j in range(n))) for name, n in zip(names, components, strict=True)
    ]
    typed = [
        Axis(names[i], tuple(round(level / (n - 1), 4) for level in range(n)), "strength")
        for i, n in enumerate(parameters)
    ]
    return Space((*chosen, *typed))
