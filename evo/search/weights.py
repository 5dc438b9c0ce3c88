"""How likely a rank is to become a parent."""

import math
from collections.abc import Hashable, Sequence

import numpy as np

FAINTEST = 1e-12
"""Least weight of a member against the one with the most: nobody is impossible as a second parent."""

FARTHEST = 1e6
"""Largest robust z-value: what is farther out counts as this far."""


def rank_weights(n: int, pressure: float) -> list[float]:
    """Weights ``((n - rank) / n) ** pressure``, ``[n]``, the best first.

    Args:
        n: how many are ranked.
        pressure: at least 0, which weights all alike; 1 falls evenly to 1/n.
    """
    return [((n - rank) / n) ** pressure for rank in range(n)]


def exponential_weights(n: int, temperature: float) -> list[float]:
    """Weights ``exp(-rank / temperature)``, ``[n]``, the best first; `temperature` in ranks, above 0.

    Ranks instead of scores: a search then takes no notice of a problem's unit, and no single
    extreme score decides.
    """
    return [math.exp(-rank / temperature) for rank in range(n)]


def robust_z(scores: Sequence[float]) -> np.ndarray:
    """How far each score is from the median, in standard deviations that outliers do not stretch.

    The deviation is ``1.4826 MAD``. Where more than half of the scores are the same, MAD is 0: then it is
    ``1.2533`` times the mean absolute deviation; where all are the same, all values are 0.

    Args:
        scores: ``[n]`` finite floats, n at least 1.

    Returns:
        ``[n]`` float64 in [-`FARTHEST`, `FARTHEST`].

    Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
    """
    values = np.array(scores, dtype=float)
    values /= max(float(np.abs(values).max()), 1e-300)  # so that no difference overflows
    away = values - np.median(values)
    scale = 1.4826 * np.median(np.abs(away)) or 1.2533 * np.abs(away).mean()
    if scale == 0:
        return np.zeros(len(values))
    with np.errstate(over="ignore"):
        z: np.ndarray = np.clip(away / scale, -FARTHEST, FARTHEST)
    return z


def temperature(diversity: float, sharpest: float, flattest: float) -> float:
    """Falls evenly from `flattest` at diversity 0 to `sharpest` at diversity 1."""
    return sharpest + (flattest - sharpest) * (1 - diversity)


def adaptive_weights(
    scores: Sequence[float], novelty: np.ndarray, temperature: float, strength: float
) -> list[float]:
    """Weights ``exp(z / temperature) (1 + strength novelty)`` over the largest, none below `FAINTEST`.

    Args:
        scores: ``[n]`` finite floats, n at least 1; ``z`` are their robust z-values.
        novelty: ``[n]`` in [0, 1].
        temperature: in robust standard deviations, above 0.
        strength: at least 0; so many times more a candidate is drawn if it is the most novel one.

    Source: the shape is described, without a formula, in FM Agent, arXiv 2510.26144.
    """
    z = robust_z(scores)
    weights = np.exp((z - z.max()) / temperature) * (1 + strength * novelty)
    found: list[float] = np.maximum(weights / weights.max(), FAINTEST).tolist()
    return found


def diversity(families: Sequence[Hashable], scores: Sequence[float]) -> float:
    """How varied a group is, in [0, 1]: 0 for copies of one, 1 when no two have anything in common.

    The mean of two shares of the group's pairs: those from different families (structure) and
    those with different scores (behaviour). A group of one has diversity 0.
    """
    return (_unlike_pairs(families) + _unlike_pairs(scores)) / 2


def _unlike_pairs(labels: Sequence[Hashable]) -> float:
    n = len(labels)
    if n < 2:
        return 0.0
    counts: dict[Hashable, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return 1 - sum(count * (count - 1) for count in counts.values()) / (n * (n - 1))
