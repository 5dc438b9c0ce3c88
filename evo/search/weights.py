"""How likely a rank is to become a parent."""

import math
from collections.abc import Hashable, Sequence


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
