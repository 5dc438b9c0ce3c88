"""NK landscapes with adjacent neighbourhoods: ruggedness set by K, optimum known exactly."""

from dataclasses import dataclass, field

import numpy as np

from tests.benchmarks.landscapes.landscape import CALM, Conditions, Landscape
from tests.benchmarks.landscapes.space import Axis, Space


@dataclass
class NkTruth:
    """The mean of N contributions, the i-th a random number for each content of sites i to i+K, in a ring.

    Source: Kauffman and Weinberger, J. Theor. Biol. 141 (1989); optimum of adjacent neighbourhoods by
    dynamic programming: Weinberger, Santa Fe Institute working paper 96-02-003 (1996).

    Attributes:
        tables: ``[n, a ** (k + 1)]`` contributions in [0, 1).
        k: neighbours that a site depends on, 1 to n - 1.
        a: values of a site.
    """

    tables: np.ndarray
    k: int
    a: int
    best: float | None = field(init=False)

    def __post_init__(self) -> None:
        self.best = ring_maximum(self.tables, self.k, self.a) / len(self.tables)

    def scores(self, genomes: np.ndarray) -> np.ndarray:
        """See `Truth.scores`; every design is valid."""
        n = len(self.tables)
        window = np.zeros_like(genomes)
        for offset in range(self.k + 1):
            window = window * self.a + np.roll(genomes, -offset, axis=1)
        found: np.ndarray = self.tables[np.arange(n), window].mean(axis=1)
        return found

    def costs(self, genomes: np.ndarray) -> np.ndarray:
        """See `Truth.costs`: a quarter to seven quarters, by the first two sites' values."""
        share = (genomes[:, 0] * self.a + genomes[:, 1]) / (self.a**2 - 1)
        found: np.ndarray = 0.25 + 1.5 * share
        return found


def ring_maximum(tables: np.ndarray, k: int, a: int) -> float:
    """The largest sum of contributions over all rings.

    ``V_i[s, x_i..x_{i+k-1}]`` is the best sum of the first i contributions of a ring that begins with the
    k values s; after n steps the ring is closed where the last k values are s again. Takes
    ``n · a^(2k+1)`` additions.
    """
    states = a**k
    values = np.full((states, states), -np.inf)
    np.fill_diagonal(values, 0.0)
    for table in tables:
        steps = table.reshape(1, a, states // a, a)
        values = (values.reshape(states, a, states // a, 1) + steps).max(axis=1).reshape(states, states)
    return float(np.diagonal(values).max())


def nk(n: int, k: int, a: int = 2, seed: int = 0, conditions: Conditions = CALM) -> Landscape:
    """An NK landscape: `n` slots with `a` components each, every slot's worth depending on `k` others."""
    if not 1 <= k < n:
        raise ValueError(f"k of an NK landscape must be from 1 to n - 1 = {n - 1}, got {k}")
    tables = np.random.default_rng((seed, n, k, a)).random((n, a ** (k + 1)))
    space = Space(tuple(Axis(f"s{i:02d}", tuple(f"v{value}" for value in range(a))) for i in range(n)))
    return Landscape(f"nk-{n}-{k}-{a}", space, NkTruth(tables, k, a), conditions, seed)
