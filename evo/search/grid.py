"""The best candidate of each kind of behaviour: cells, and where their borders are."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evo.search.population import Node

RECENT = 256
"""The last candidates are remembered, so that cells which new borders open are not all empty."""

REFIT = 64
"""Candidates between two looks at the borders; before that at the 4th, 8th, 16th and 32nd."""

MISSING = -1
"""Place on an axis of what has no value there: a cell of its own, next to all others."""

Descriptor = tuple[float | str | None, ...]
"""The value on each axis, see `evo.search.descriptors.describe`."""


@dataclass(slots=True, eq=False)
class Elite:
    """The best of a cell.

    Attributes:
        node: the candidate.
        descriptor: what its cell follows from.
        children, kept: candidates made from it that are judged to their end, and those of them that
            became the best of a cell.
    """

    node: Node
    descriptor: Descriptor
    children: int = 0
    kept: int = 0


class Axis:
    """One behaviour metric, cut into at most `bins` places.

    Numbers have borders at the quantiles of what is in the grid, or at even distances over a fixed
    range; whatever lies beyond the last border belongs to the last place, so that nothing is ever
    outside. Names have a place each in the order in which they were met; those for which there is none
    left share the last.

    Source of borders that follow the data: Fontaine et al., Mapping Hearthstone Deck Spaces through
    MAP-Elites with Sliding Boundaries, GECCO 2019.

    Args:
        bins: at least 1.
        span: lowest and highest value, if they are fixed.
    """

    def __init__(self, bins: int, span: tuple[float, float] | None = None) -> None:
        self._bins = bins
        self._fixed = span is not None
        self._names: dict[str, int] = {}
        self._borders: list[float] = []  # ascending, each the lowest value of the place above it
        if span is not None:
            low, high = span
            self._borders = [low + (high - low) * step / bins for step in range(1, bins)]

    def place(self, value: float | str | None) -> int:
        """Where `value` belongs, from 0; `MISSING` for None."""
        if value is None:
            return MISSING
        if isinstance(value, str):
            return self._names.setdefault(value, min(len(self._names), self._bins - 1))
        return bisect_right(self._borders, value)

    def refit(self, values: Iterable[float | str | None]) -> bool:
        """Moves the borders, if they are not fixed, to the quantiles of `values`; returns whether any moved."""
        numbers = sorted(value for value in values if isinstance(value, float))
        if self._fixed or not numbers:
            return False
        before = self._borders
        cuts = {numbers[len(numbers) * step // self._bins] for step in range(1, self._bins)}
        self._borders = sorted(cuts - {numbers[0]})  # below the lowest there is nothing to part from
        return self._borders != before

    def label(self, place: int) -> str:
        """What a place stands for, for people."""
        if place == MISSING:
            return "missing"
        if self._names:
            return " or ".join(name for name, at in self._names.items() if at == place)
        low = f"{self._borders[place - 1]:g}" if place else ""
        high = f"{self._borders[place]:g}" if place < len(self._borders) else ""
        return (
            f"{low} to {high}"
            if low and high
            else f"below {high}"
            if high
            else f"from {low}"
            if low
            else "all"
        )


class Grid:
    """Keeps the best candidate of each cell; of equal ones the newest.

    The cost of adding one does not depend on how many were added before: borders are fitted anew every
    `REFIT` candidates, to the elites and the last `RECENT` alone.

    Args:
        axes: one for each behaviour metric.

    Source: Mouret and Clune, Illuminating search spaces by mapping elites, arXiv 1504.04909 (2015).
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.axes = list(axes)
        self._cells: dict[tuple[int, ...], Elite] = {}
        self._homes: dict[int, tuple[int, ...]] = {}  # index of an elite -> its cell
        self._recent: deque[Elite] = deque(maxlen=RECENT)
        self._added = 0
        self._ranked: list[Elite] | None = None

    def __len__(self) -> int:
        return len(self._cells)

    def cells(self) -> Mapping[tuple[int, ...], Elite]:
        """Every cell that is not empty, with its best."""
        return self._cells

    def elite(self, node: Node) -> Elite | None:
        """The elite that `node` is, or None."""
        return self._cells[self._homes[node.index]] if node.index in self._homes else None

    def ranked(self) -> list[Elite]:
        """All elites, the best first, of equal ones the newest."""
        if self._ranked is None:
            elites = self._cells.values()
            self._ranked = sorted(elites, key=lambda one: (-one.node.score, -one.node.index))
        return self._ranked

    def add(self, node: Node, descriptor: Descriptor) -> bool:
        """Takes in a candidate with a score; returns whether it is the best of its cell now."""
        if node.index in self._homes:
            return False
        elite = Elite(node, descriptor)
        self._recent.append(elite)
        self._added += 1
        self._settle(elite)
        if self._added % REFIT == 0 or self._added in (4, 8, 16, 32):
            self._refit()
        return node.index in self._homes

    def drop(self, candidate: str) -> None:
        """Forgets the candidate with this id; the best of the rest that are remembered takes its cell."""
        self._recent = deque((one for one in self._recent if one.node.id != candidate), maxlen=RECENT)
        if any(elite.node.id == candidate for elite in self._cells.values()):
            self._rebuild([one for one in self._cells.values() if one.node.id != candidate])

    def _refit(self) -> None:
        held = {one.node.index: one for one in (*self._cells.values(), *self._recent)}
        moved = [axis.refit(one.descriptor[i] for one in held.values()) for i, axis in enumerate(self.axes)]
        if any(moved):
            self._rebuild(list(self._cells.values()))

    def _rebuild(self, elites: list[Elite]) -> None:
        self._cells, self._homes, self._ranked = {}, {}, None
        for elite in (*elites, *self._recent):
            self._settle(elite)

    def _settle(self, elite: Elite) -> None:
        cell = tuple(axis.place(value) for axis, value in zip(self.axes, elite.descriptor, strict=True))
        holder = self._cells.get(cell)
        if holder is not None:
            if (holder.node.score, holder.node.index) >= (elite.node.score, elite.node.index):
                return
            del self._homes[holder.node.index]
        self._cells[cell] = elite
        self._homes[elite.node.index] = cell
        self._ranked = None
