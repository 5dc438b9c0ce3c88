"""How alike candidates are, in many ways: by every block of features, by slots and pairs of slots, by constants."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evo.value.columns import Encoded
from evo.value.components import Strengths
from evo.value.factors import slot_of
from evo.value.likeness import Compared, Likeness, with_itself

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
        slots: where it is the likeness in one slot or the product of two: which; empty for any other.
    """

    name: str
    share: float
    of: Callable[[Likeness], np.ndarray]
    slots: tuple[int, ...] = ()


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

    def total(self, strengths: Strengths) -> np.ndarray:
        """``[n, n]``: all kernels, each times its strength."""
        return np.concatenate([self._weighted(part, strengths) for part in self._compared.among()])

    def shared(self, candidates: Encoded, strengths: Strengths) -> tuple[np.ndarray, np.ndarray]:
        """Of ``m`` candidates: their covariances with each row, ``[m, n]``, and their own variances, ``[m]``."""
        parts = [self._weighted(part, strengths) for part in self._compared.with_(candidates)]
        return np.concatenate(parts), self._weighted(with_itself(candidates), strengths)[:, 0]

    def _weighted(self, likeness: Likeness, strengths: Strengths) -> np.ndarray:
        """The sum of all kernels, each times its strength; those of slots, which are many, all at once."""
        found = np.zeros_like(likeness.family)
        n_slots = likeness.slots.shape[1]
        single, paired = np.zeros(n_slots), np.zeros((n_slots, n_slots))
        for kernel, strength in zip(self.kernels, strengths.kernels.tolist(), strict=True):
            if not kernel.slots:
                found += strength * kernel.of(likeness)
            elif len(kernel.slots) == 1:
                single[kernel.slots] = strength
            else:
                paired[kernel.slots] = strength
        if n_slots:
            of_slots = np.matmul(single, likeness.slots)
            if paired.any():
                of_slots += (np.matmul(paired, likeness.slots) * likeness.slots).sum(axis=1)
            found += of_slots
        return found

    # -- kernels ----------------------------------------------------------------------------------

    def _plan(self, slot_names: Sequence[str]) -> Iterator[Kernel]:
        yield Kernel("family", 0.5, lambda likeness: likeness.family)
        for name in self.rows.blocks:
            yield Kernel(name, 0.5 * SHARES[name], _linear(name))
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
                yield Kernel(name, share, _curve(owner, at - n_slots))
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


def _owned(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of a slot and of a parameter that belongs to it."""
    places = {name: at for at, name in enumerate(names)}
    for at, name in enumerate(names):
        owner = slot_of(name, places)
        if owner != name:
            yield places[owner], at


def _linear(name: str) -> Callable[[Likeness], np.ndarray]:
    return lambda likeness: likeness.products[name]


def _nearby(name: str) -> Callable[[Likeness], np.ndarray]:
    # Blocks have a mean squared length of 1, so that two rows are 2 apart on average.
    return lambda likeness: np.exp(-likeness.distances[name] / 2)


def _pair(*slots: int) -> Callable[[Likeness], np.ndarray]:
    return lambda likeness: likeness.slots[:, list(slots)].prod(axis=1)


def _curve(slot: int, parameter: int) -> Callable[[Likeness], np.ndarray]:
    return lambda likeness: likeness.slots[:, slot] * likeness.curves[:, parameter]


def _pairs(likeness: Likeness) -> np.ndarray:
    """Share of all pairs of slots that are alike in both."""
    n = likeness.slots.shape[1]
    return np.asarray((likeness.alike**2 - likeness.squares) / (n * (n - 1)))


def _together(likeness: Likeness) -> np.ndarray:
    """Falls with every slot that differs; with a third of them different it is ``1 / e``."""
    n = likeness.slots.shape[1]
    return np.asarray(np.exp(-3.0 / n * (n - likeness.alike)))
