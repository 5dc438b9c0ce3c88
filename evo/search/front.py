"""Candidates that no other beats on every objective."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evo.search.population import Node

Point = tuple[float, ...]
"""A value for each objective, higher is better; minus infinity where it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A candidate of the front with its values."""

    node: Node
    point: Point


class Front:
    """The candidates that are not dominated, at most `capacity`; of too many the most crowded goes.

    Of two with the same values the newest stays. What was dominated is not remembered.

    Args:
        capacity: at least two for each objective, so that the best on each always stay.

    Source: Deb, Pratap, Agarwal and Meyarivan, A fast and elitist multiobjective genetic algorithm:
    NSGA-II, IEEE TEVC 6 (2002).
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._members: list[Member] = []  # in the order in which they came
        self._crowding: list[float] | None = None

    def __len__(self) -> int:
        return len(self._members)

    @property
    def members(self) -> Sequence[Member]:
        """In the order in which they came."""
        return self._members

    def crowding(self) -> list[float]:
        """``[n]`` of the members, see `crowding_distances`."""
        if self._crowding is None:
            self._crowding = crowding_distances([member.point for member in self._members])
        return self._crowding

    def add(self, node: Node, point: Point) -> bool:
        """Takes `node` in, unless a member dominates it; returns whether it is a member now."""
        if any(dominates(other.point, point) for other in self._members):
            return False
        kept = [one for one in self._members if not (dominates(point, one.point) or one.point == point)]
        self._members = [*kept, Member(node, point)]
        self._crowding = None
        if len(self._members) > self._capacity:
            crowding = self.crowding()
            del self._members[crowding.index(min(crowding))]
            self._crowding = None
        return self._members[-1].node is node

    def drop(self, candidate: str) -> None:
        """Forgets the member with this id, if it is one."""
        self._members = [member for member in self._members if member.node.id != candidate]
        self._crowding = None


def dominates(one: Point, other: Point) -> bool:
    """Whether `one` is nowhere below `other` and somewhere above it."""
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


def crowding_distances(points: Sequence[Point]) -> list[float]:
    """How much room each point has: the sum over objectives of the gap between its two neighbours.

    Each gap is a share of the objective's span; the lowest and the highest on an objective have infinite
    room. A value that is not known counts as the lowest that is. Where all are the same, or the span is
    beyond floats, an objective says nothing.

    Args:
        points: ``[n]``, each with the same number of values.

    Returns:
        ``[n]`` at least 0, infinite for the ends.

    Source: Deb et al., NSGA-II, 2002, section III B; an objective without a span is left out here.
    """
    room = [0.0] * len(points)
    for objective in range(len(points[0]) if points else 0):
        values = [point[objective] for point in points]
        lowest = min((value for value in values if value != -math.inf), default=0.0)
        values = [max(value, lowest) for value in values]
        order = sorted(range(len(points)), key=values.__getitem__)
        span = values[order[-1]] - values[order[0]]
        if not 0 < span < math.inf:
            continue
        room[order[0]] = room[order[-1]] = math.inf
        for before, at, after in zip(order, order[1:], order[2:], strict=False):
            room[at] += (values[after] - values[before]) / span
    return room


def winner_weights(n: int) -> list[float]:
    """Chance of each of ``n`` ranks, the best first, to win a tournament of two drawn with replacement."""
    return [(2 * (n - rank) - 1) / n**2 for rank in range(n)]
