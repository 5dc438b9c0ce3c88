"""The best few of a run, or of one of its islands, and how unlike they are."""

from bisect import insort

import numpy as np

from evo.search.likeness import BLANK, Likeness, Portrait, behaviour_apart, likeness, structure_apart
from evo.search.population import Node


class Group:
    """The best members, at most `capacity`; what they look like is compared once for each pair.

    Attributes:
        changes: how often somebody came or went.
    """

    def __init__(self, capacity: int) -> None:
        self.changes = 0
        self._capacity = capacity
        self._order: list[tuple[float, int]] = []  # (score, index), ascending
        self._nodes: dict[int, Node] = {}
        self._portraits: dict[int, Portrait] = {}
        self._apart: dict[int, dict[int, float]] = {}  # structural, between members that were compared
        self._likeness = (-1, Likeness(0.0, np.zeros(0)))  # changes when it was computed

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, node: Node) -> bool:
        return node.index in self._nodes

    @property
    def best_score(self) -> float:
        """Minus infinity for an empty group."""
        return self._order[-1][0] if self._order else -np.inf

    def members(self) -> list[Node]:
        """The best first, of equal ones the newest first."""
        return [self._nodes[index] for _, index in reversed(self._order)]

    def portrait(self, node: Node) -> Portrait:
        """What is remembered of `node`: nothing if it is no member or was added without."""
        return self._portraits.get(node.index, BLANK)

    def add(self, node: Node, portrait: Portrait | None = None) -> None:
        """Takes `node` in, if it is not here and belongs to the best.

        Args:
            node: a candidate with a score.
            portrait: what it is compared by; only `likeness` needs it.
        """
        entry = (node.score, node.index)
        is_full = len(self._order) == self._capacity
        if node.index in self._nodes or (is_full and entry < self._order[0]):
            return
        insort(self._order, entry)
        self._nodes[node.index] = node
        if portrait is not None:
            self._portraits[node.index] = portrait
        self.changes += 1
        if len(self._order) > self._capacity:
            self._forget(self._order.pop(0)[1])

    def drop(self, candidate: str) -> None:
        """Forgets the member with this id, if it is one."""
        for node in [node for node in self._nodes.values() if node.id == candidate]:
            self._order.remove((node.score, node.index))
            self._forget(node.index)
            self.changes += 1

    def likeness(self) -> Likeness:
        """How varied the members are, in the order of `members`."""
        if self._likeness[0] != self.changes:
            self._likeness = (self.changes, likeness(self.distances()))
        return self._likeness[1]

    def distances(self) -> np.ndarray:
        """``[n, n]`` in [0, 1], in the order of `members`: half structure, half behaviour."""
        members = self.members()
        self._compare(members)
        structure = np.zeros((len(members), len(members)))
        for row, node in enumerate(members):
            apart = self._apart[node.index]
            structure[row] = [apart[other.index] for other in members]
        behaviours = [{**self.portrait(node).behaviour, "": node.score} for node in members]
        distances: np.ndarray = (structure + behaviour_apart(behaviours)) / 2
        return distances

    def _compare(self, members: list[Node]) -> None:
        """Measures the members that came since the last time against all that were measured before."""
        for node in members:
            if node.index in self._apart:
                continue
            look = self.portrait(node).look
            row = {node.index: 0.0}
            for other, known in self._apart.items():
                row[other] = known[node.index] = structure_apart(look, self.portrait(self._nodes[other]).look)
            self._apart[node.index] = row

    def _forget(self, index: int) -> None:
        del self._nodes[index]
        self._portraits.pop(index, None)
        if self._apart.pop(index, None) is not None:
            for known in self._apart.values():
                del known[index]
