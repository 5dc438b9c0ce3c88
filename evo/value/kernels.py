"""How alike candidates are, in many ways: by every block of features, by slots and pairs of slots, by constants."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evo.value.columns import Encoded
from evo.value.components import Strengths
from evo.value.factors import slot_of
from evo.value.likeness import Compared, Itself, Likeness

MOST_PAIRS = 120
"""With more pairs of slots than this, all share one strength."""

SHARES = {
    "tokens": 3.0,
    "words": 3.0,
    "calls": 1.0,
    "change": 1.0,
    "lineage": 0.5,
    "size of change": 0.5,
    "structure": 1.0,
}
"""What each block is thought to explain before any label: the more there is to it, the more."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One way of being alike.

    Attributes:
        name: for explanations.
        share: of the variance that it is thought to explain before any label, relative to the others.
        of: the likenesses of candidates with the rows -> ``[m, n]``.
        of_itself: the same of each with itself -> ``[m]``; None where that is 1.
        slots: where it is the likeness in one slot or the product of two: which; empty for any other.
    """

    name: str
    share: float
    of: Callable[[Likeness], np.ndarray]
    slots: tuple[int, ...] = ()
    of_itself: Callable[[Itself], np.ndarray] | None = None


class Kernels:
    """All kernels over the rows that a process is fitted to."""

    def __init__(self, rows: Encoded, slot_names: Sequence[str]) -> None:
        self.rows = rows
        self._compared = Compared(rows)
        self._spread = self._compared.constants_spread
        self.kernels = list(self._plan(slot_names))
        self.shares = np.array([kernel.share for kernel in self.kernels])
        self.names = [kernel.name for kernel in self.kernels]

    def matrices(self, some: np.ndarray) -> np.ndarray:
        """``[n_kernels, m, m]`` between the rows `some`."""
        found = np.empty((len(self.kernels), len(some), len(some)))
        (likeness,) = Compared(self.rows.take(some)).among(len(some))
        for at, kernel in enumerate(self.kernels):
            found[at] = kernel.of(likeness)
        return found

    def sum(self, strengths: Strengths) -> "Sum":
        """All of them, each times its strength."""
        return Sum(self._compared, list(zip(self.kernels, strengths.kernels.tolist(), strict=True)))

    # -- kernels ----------------------------------------------------------------------------------

    def _plan(self, slot_names: Sequence[str]) -> Iterator[Kernel]:
        yield Kernel("family", 0.5, lambda likeness: likeness.family)
        for name in self.rows.blocks:
            yield Kernel(name, 0.5 * SHARES[name], _linear(name), of_itself=_length(name))
            yield Kernel(f"{name}, nearby", SHARES[name], _nearby(name))
        if self._spread:
            spread = self._spread
            yield Kernel(
                "constants", 2.0, lambda likeness: likeness.family * np.exp(-likeness.constants / spread)
            )
        yield from self._of_slots(slot_names)

    def _of_slots(self, names: Sequence[str]) -> Iterator[Kernel]:
        """Each by itself, a parameter with the component that it belongs to, pairs of slots, and all together.

        A parameter is worth what its component makes of it: a parabola of its own for each component. It is
        paired with the others of its slot; with other slots it has to do only as all have to do with all.
        """
        n, n_slots = len(names), self.rows.codes.shape[1]
        own = list(_owned(names))
        for at, slot in enumerate(names):
            yield Kernel(f"slot {slot}", 6.0 / n, _pair(at), (at,))
        for owner, at in own:
            name, share = f"{names[at]} of its component", 2.0 / len(own)
            if at >= n_slots:
                parameter = at - n_slots
                yield Kernel(name, share, _curve(owner, parameter), of_itself=_own_curve(parameter))
            else:
                yield Kernel(name, share, _pair(owner, at), (owner, at))
        slots = [name.rpartition(".")[0] for name in names]
        others = [
            (one, other)
            for one, other in combinations(range(n), 2)
            if (one, other) not in own
            and (other < n_slots or (one >= n_slots and slots[one] == slots[other]))
        ]
        if len(others) <= MOST_PAIRS:
            for one, other in others:
                name = f"slots {names[one]} and {names[other]}"
                yield Kernel(name, 4.0 / len(others), _pair(one, other), (one, other))
        if n > 1:
            yield Kernel("slots, in pairs", 2.0, _pairs)
            yield Kernel("slots, together", 1.0, _together)


class Sum:
    """A covariance: kernels, each times a strength."""

    def __init__(self, compared: Compared, terms: Sequence[tuple[Kernel, float]]) -> None:
        self._compared = compared
        n = sum(len(kernel.slots) == 1 for kernel, _ in terms)
        self._single, self._paired = np.zeros(n), np.zeros((n, n))
        self._others: list[tuple[Kernel, float]] = []
        for kernel, strength in terms:
            if not kernel.slots:
                self._others.append((kernel, strength))
            elif len(kernel.slots) == 1:
                self._single[kernel.slots] = strength
            else:
                self._paired[kernel.slots] = strength

    def among(self) -> np.ndarray:
        """``[n, n]`` of the rows with each other."""
        return np.concatenate([self._of(likeness) for likeness in self._compared.among()])

    def with_(self, candidates: Encoded) -> tuple[np.ndarray, np.ndarray]:
        """Of ``m`` candidates: ``[m, n]`` with each row, and ``[m]`` with themselves."""
        parts = [(self._of(alike), self._of_itself(own)) for alike, own in self._compared.with_(candidates)]
        return np.concatenate([shared for shared, _ in parts]), np.concatenate([own for _, own in parts])

    def _of(self, likeness: Likeness) -> np.ndarray:
        found = np.zeros_like(likeness.family)
        for kernel, strength in self._others:
            found += strength * kernel.of(likeness)
        if len(self._single):  # of slots there are many: all at once
            of_slots = np.matmul(self._single, likeness.slots)
            if self._paired.any():
                of_slots += (np.matmul(self._paired, likeness.slots) * likeness.slots).sum(axis=1)
            found += of_slots
        return found

    def _of_itself(self, itself: Itself) -> np.ndarray:
        found = np.zeros(len(itself.curves))
        for kernel, strength in self._others:
            found += strength * (1.0 if kernel.of_itself is None else kernel.of_itself(itself))
        found += self._single.sum() + self._paired.sum()
        return found


def _owned(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of a slot and of a parameter that belongs to it."""
    places = {name: at for at, name in enumerate(names)}
    for at, name in enumerate(names):
        owner = slot_of(name, places)
        if owner != name:
            yield places[owner], at


def _linear(name: str) -> Callable[[Likeness], np.ndarray]:
    return lambda likeness: likeness.products[name]


def _length(name: str) -> Callable[[Itself], np.ndarray]:
    return lambda itself: itself.products[name]


def _nearby(name: str) -> Callable[[Likeness], np.ndarray]:
    # Blocks have a mean squared length of 1, so that two rows are 2 apart on average.
    return lambda likeness: np.exp(-likeness.distances[name] / 2)


def _pair(*slots: int) -> Callable[[Likeness], np.ndarray]:
    return lambda likeness: likeness.slots[:, list(slots)].prod(axis=1)


def _curve(slot: int, parameter: int) -> Callable[[Likeness], np.ndarray]:
    return lambda likeness: likeness.slots[:, slot] * likeness.curves[:, parameter]


def _own_curve(parameter: int) -> Callable[[Itself], np.ndarray]:
    return lambda itself: itself.curves[:, parameter]


def _pairs(likeness: Likeness) -> np.ndarray:
    """Share of all pairs of slots that are alike in both."""
    n = likeness.slots.shape[1]
    return np.asarray((likeness.alike**2 - likeness.squares) / (n * (n - 1)))


def _together(likeness: Likeness) -> np.ndarray:
    """Falls with every slot that differs; with a third of them different it is ``1 / e``."""
    n = likeness.slots.shape[1]
    return np.asarray(np.exp(-3.0 / n * (n - likeness.alike)))
