"""Few designs that hold every pair of choices at least once, and whom to label after them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import factorial, prod

import numpy as np

Level = str | float
"""What may stand in a slot: a component, or a value of a numeric parameter."""

Row = dict[str, Level]

CANDIDATES = 30
"""Rows that are built for each one that is kept."""

RESTARTS = 8
"""Whole arrays of which the smallest is kept, where there are no more than `SMALL` cells to cover."""

SMALL = 2_500

EXHAUSTIVE = 4_096
"""A choice that no candidate could hold is looked for in every completion if there are no more than these..."""

RANDOM_TRIES = 400
"""...and in so many random ones otherwise."""

MOST_CELLS = 50_000_000
"""Largest table of choices that are still to be covered."""


def covering_array(
    levels: Mapping[str, Sequence[Level]],
    strength: int = 2,
    valid: Callable[[Mapping[str, Level]], bool] | None = None,
    *,
    rng: np.random.Generator,
) -> list[Row]:
    """Rows that hold every combination of `strength` choices that some valid row can hold, at least once.

    Greedy, and the smallest of a few attempts: each row begins with the choice that most is left to cover with, goes on slot by slot in random
    order with what covers most, and is the best of `CANDIDATES` such rows; those that cover most come first,
    nearly. A combination that no valid row was found for is left out: for certain if it has at most
    `EXHAUSTIVE` completions, after `RANDOM_TRIES` otherwise.

    Args:
        levels: slot -> its choices, all different; see `few_levels` for numbers.
        strength: 2 for pairs; no more than there are slots.
        valid: whether a whole row may be; None if all may.
        rng: breaks ties; the same state gives the same rows.

    Raises:
        ValueError: a slot has no choice, or the same one twice, or `strength` is out of range.

    Source: the idea of Cohen, Dalal, Fredman and Patton, The AETG system (1997).
    """
    _check(levels, strength)
    task = _Task({slot: tuple(found) for slot, found in levels.items()}, strength, valid, rng)
    arrays = [task.rows() for _ in range(RESTARTS if task.open.size <= SMALL else 1)]
    return [task.named(row) for row in min(arrays, key=len)]


def few_levels(low: float, high: float, n: int = 3, *, log: bool = False) -> tuple[float, ...]:
    """`n` values from `low` to `high`, both among them, evenly spread, on a logarithmic scale with `log`.

    Raises:
        ValueError: `n` is below 1, `high` below `low`, or `low` not above 0 with `log`.
    """
    if n < 1 or high < low or (log and low <= 0):
        raise ValueError(f"levels need n >= 1 and low <= high, above 0 with log; got {n}, {low}, {high}")
    spread = np.geomspace(low, high, n) if log else np.linspace(low, high, n)
    return tuple(dict.fromkeys(float(value) for value in spread))


def cover_of(pool: Sequence[Mapping[str, Level]], rng: np.random.Generator) -> list[int]:
    """Few of `pool` that hold every pair of choices that occurs in it: indices, those that cover most first.

    For a space that is known only by its members, such as a table of results. Greedy, ties at random.
    """
    slots = sorted({slot for row in pool for slot in row})
    codes = np.empty((len(pool), len(slots)), int)
    for at, slot in enumerate(slots):
        known: dict[Level | None, int] = {}
        codes[:, at] = [known.setdefault(row.get(slot), len(known)) for row in pool]
    sizes = codes.max(axis=0, initial=0) + 1
    pairs = list(combinations(range(len(slots)), 2)) or [(0, 0)] * bool(slots)
    open_ = {pair: np.zeros((sizes[pair[0]], sizes[pair[1]]), bool) for pair in pairs}
    for (one, other), cells in open_.items():
        cells[codes[:, one], codes[:, other]] = True
    chosen: list[int] = []
    while any(cells.any() for cells in open_.values()):
        gains = np.zeros(len(pool), int)
        for (one, other), cells in open_.items():
            gains += cells[codes[:, one], codes[:, other]]
        best = int(rng.choice(np.flatnonzero(gains == gains.max())))
        chosen.append(best)
        for (one, other), cells in open_.items():
            cells[codes[best, one], codes[best, other]] = False
    return chosen


def two_sided(mean: np.ndarray, std: np.ndarray, kappa: float, n: int) -> list[int]:
    """Whom to label: by turns the best of those expected to be good and of those expected to be bad.

    Args:
        mean: ``[m]`` of a value model.
        std: ``[m]`` in the same unit.
        kappa: how much uncertainty counts, at least 0.
        n: how many.

    Returns:
        Up to `n` different indices: the highest ``mean + kappa * std``, the highest
        ``-mean + kappa * std``, and so on by turns; the earlier of equals first.

    Source: AgentSwift, arXiv 2506.06017, acquisition of the value model's training set.
    """
    good = iter(np.argsort(-(mean + kappa * std), kind="stable").tolist())
    bad = iter(np.argsort(-(kappa * std - mean), kind="stable").tolist())
    chosen: dict[int, None] = {}
    while len(chosen) < min(n, len(mean)):
        turn = good if len(chosen) % 2 == 0 else bad
        chosen[next(one for one in turn if one not in chosen)] = None
    return list(chosen)


def cold_start(
    cover: Sequence[int],
    n_pool: int,
    sizes: Sequence[int],
    learn: Callable[[Sequence[int]], None],
    predict: Callable[[Sequence[int]], tuple[np.ndarray, np.ndarray]],
    *,
    kappa: float = 1.0,
    batch: int = 10,
) -> Iterator[list[int]]:
    """The labels of a cold start: the covering array first, then two-sided acquisition by a value model.

    Args:
        cover: indices into a pool of ``n_pool`` designs, in the order in which to label them.
        n_pool: designs that may be labelled.
        sizes: numbers of labels, ascending, to stop at and measure.
        learn: tells the value model the labels of these.
        predict: mean and standard deviation, ``[n]`` each, of these.
        kappa: see `two_sided`.
        batch: labels between two predictions.

    Yields:
        All indices labelled so far, in order, at each of `sizes`, when the model has learnt them all.
    """
    labelled: list[int] = []
    left = dict.fromkeys(range(n_pool))
    waiting = list(dict.fromkeys(cover))
    for size in sizes:
        while len(labelled) < min(size, n_pool):
            n = min(batch, size - len(labelled))
            some = waiting[:n]
            waiting = waiting[n:]
            if not some:
                rest = list(left)
                some = [rest[at] for at in two_sided(*predict(rest), kappa, n)]
            learn(some)
            labelled += some
            for one in some:
                del left[one]
        yield list(labelled)


class _Task:
    """What is still to be covered; choices are numbered over all slots.

    Attributes:
        open: ``[v] * strength`` bool, symmetric: whether these choices are still to stand in one row.
    """

    def __init__(
        self,
        levels: Mapping[str, tuple[Level, ...]],
        strength: int,
        valid: Callable[[Mapping[str, Level]], bool] | None,
        rng: np.random.Generator,
    ) -> None:
        self._levels, self._strength, self._valid, self._rng = levels, strength, valid, rng
        sizes = [len(found) for found in levels.values()]
        ends = np.cumsum(sizes)
        self._choices = [np.arange(end - size, end) for end, size in zip(ends, sizes, strict=True)]
        self._slot = np.repeat(np.arange(len(sizes)), sizes)
        if (cells := int(ends[-1]) ** strength) > MOST_CELLS:
            raise ValueError(f"strength {strength} over {ends[-1]} choices is a table of {cells} cells")
        self.open = np.zeros([int(ends[-1])] * strength, bool)
        slots = [self._slot[grid] for grid in np.ix_(*[np.arange(ends[-1])] * strength)]
        differ = [one != other for one, other in combinations(slots, 2)]
        self.open[...] = np.logical_and.reduce(np.broadcast_arrays(self.open | True, *differ))

    def rows(self) -> list[np.ndarray]:
        """A whole array; what was open is open again when it is done."""
        before, found = self.open.copy(), []
        while self.open.any():
            row = self.next_row()
            if row is not None:
                found.append(row)
        self.open = before
        return found

    def next_row(self) -> np.ndarray | None:
        """The next row, ``[n_slots]`` choices; None if the combination at hand had to be left out."""
        counts = self.open.reshape(len(self._slot), -1).sum(axis=1)
        first = int(self._rng.choice(np.flatnonzero(counts == counts.max())))
        others = np.argwhere(np.atleast_1d(self.open[first])) if self._strength > 1 else np.zeros((1, 0), int)
        rows = []
        for _ in range(CANDIDATES):
            fixed = [first, *others[int(self._rng.integers(len(others)))].tolist()]
            rows.append(self._completed(fixed))
        found = [row for row in rows if self._is_valid(row)]
        if not found:
            fixed = [first, *others[0].tolist()]
            row = self._searched(fixed)
            if row is None:
                self._close(fixed)
                return None
            found = [row]
        best = max(found, key=self._gain)  # the first of equals
        self._close(best)
        return best

    def named(self, row: np.ndarray) -> Row:
        """Slot -> choice."""
        return {
            slot: found[int(row[at] - self._choices[at][0])]
            for at, (slot, found) in enumerate(self._levels.items())
        }

    def _completed(self, fixed: Sequence[int]) -> np.ndarray:
        """`fixed` with the other slots in random order, each with what covers most."""
        row = np.full(len(self._choices), -1)
        row[self._slot[fixed]] = fixed
        chosen = list(fixed)
        for at in self._rng.permutation(len(self._choices)):
            if row[at] >= 0:
                continue
            among = [chosen] * (self._strength - 1)
            gains = (
                self.open[np.ix_(self._choices[at], *among)].reshape(len(self._choices[at]), -1).sum(axis=1)
            )
            best = np.flatnonzero(gains == gains.max())
            row[at] = self._choices[at][best[int(self._rng.integers(len(best)))]]
            chosen.append(int(row[at]))
        return row

    def _searched(self, fixed: Sequence[int]) -> np.ndarray | None:
        """A valid row with `fixed`, if one was found."""
        taken = {int(self._slot[one]): [one] for one in fixed}
        options = [taken.get(at, list(found)) for at, found in enumerate(self._choices)]
        if prod(map(len, options)) <= EXHAUSTIVE:
            rows: Iterator[Sequence[int]] = iter(product(*options))
        else:
            draws = ([one[int(self._rng.integers(len(one)))] for one in options] for _ in range(RANDOM_TRIES))
            rows = iter(draws)
        return next((found for row in rows if self._is_valid(found := np.array(row))), None)

    def _is_valid(self, row: np.ndarray) -> bool:
        return self._valid is None or self._valid(self.named(row))

    def _gain(self, row: np.ndarray) -> int:
        cells = self.open[np.ix_(*[row] * self._strength)]
        return int(cells.sum()) // factorial(self._strength)

    def _close(self, row: "Sequence[int] | np.ndarray") -> None:
        self.open[np.ix_(*[row] * self._strength)] = False


def _check(levels: Mapping[str, Sequence[Level]], strength: int) -> None:
    for slot, found in levels.items():
        if not found or len(set(found)) < len(found):
            raise ValueError(f"slot {slot!r} needs choices, all different, got {list(found)!r}")
    if not 1 <= strength <= len(levels):
        raise ValueError(f"strength must be from 1 to the {len(levels)} slots, got {strength}")
