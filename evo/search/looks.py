"""When a race looks at a candidate, and how surprising what it sees must be for the candidate to stop."""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np

LAPS = 8
"""Parts that a race judges the cases in. On recorded workflows as few are wrongly stopped with any number, and
the cases spent are 2 % more with 4 parts and 1 % less with 16 (`tests.benchmarks.racing`)."""

FIRST_LAP = 4
"""Cases of a part at least: fewer say too little."""

_GRID = np.linspace(-8.0, 8.0, 801)
_NORMAL = NormalDist()


def laps(n_cases: int) -> tuple[int, ...]:
    """Cases judged by the end of each lap, the last of which has all; a single lap where there are too few."""
    parts = max(min(LAPS, n_cases // FIRST_LAP), 1)
    return tuple(n_cases * part // parts for part in range(1, parts + 1))


def levels(error: float, shares: Sequence[float]) -> tuple[float, ...]:
    """One-sided level of the test at each look, such that all looks together err with probability `error`.

    Each look spends an equal part of the error: with z_k the standardised mean of the cases seen until look k,
    normal if nothing is there to be found, ``P(z_1 >= c_1, ..., z_{k-1} >= c_{k-1}, z_k < c_k) = error / K``, and
    the level is the chance of ``z_k < c_k`` alone. Looks see the same cases again: the levels add up to more than
    the error. Of `N` cases drawn without replacement, the share t of which was seen, the mean tells as much about
    all of them as a Brownian motion at time ``u = t / (1 - t)`` does about its drift, hence
    ``corr(z_j, z_k) = sqrt(u_j / u_k)`` for j < k.

    Args:
        error: in (0, 1).
        shares: ``[K]`` of the cases seen at each look, growing, in (0, 1).

    Source: Lan and DeMets, Discrete sequential boundaries for clinical trials, Biometrika 70 (1983); the
    recursion is that of Armitage, McPherson and Rowe, J. R. Stat. Soc. A 132 (1969).
    """
    return _levels(error, tuple(shares))


@lru_cache(maxsize=64)
def _levels(error: float, shares: tuple[float, ...]) -> tuple[float, ...]:
    times = [share / (1 - share) for share in shares]
    width = _GRID[1] - _GRID[0]
    density = np.zeros(0)  # of z at this look, of those who were not stopped before
    found = []
    for k, time in enumerate(times):
        if k == 0:
            density = np.exp(-(_GRID**2) / 2) / math.sqrt(2 * math.pi)
        else:
            past = math.sqrt(times[k - 1] / time)
            rest = math.sqrt(1 - past * past)
            step = np.exp(-(((_GRID[:, None] - past * _GRID) / rest) ** 2) / 2)
            density = step @ density * (width / (rest * math.sqrt(2 * math.pi)))
        below = np.cumsum(density) * width - density * width / 2
        bound = float(np.interp(error / len(times), below, _GRID))
        found.append(_NORMAL.cdf(bound))
        density = density * np.clip((_GRID - bound) / width + 0.5, 0.0, 1.0)  # what of each cell is above it
    return tuple(found)
