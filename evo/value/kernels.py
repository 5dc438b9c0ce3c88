"""How alike candidates are, in many ways: by every block of features, by slots and pairs of slots, by constants."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evo.value.columns import Encoded
from evo.value.components import Strengths
from evo.value.factors import slot_of

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

NEAR = 0.7
"""Standard deviations of a parameter within which two values are much alike."""

FARTHEST = 2.5
"""Standard deviations of a parameter beyond which a curve through its values goes on flat."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One way of being alike.

    Attributes:
        name: for explanations.
        share: of the variance that it is thought to explain before any label, relative to the others.
        of: the likenesses of one candidate with the rows -> ``[n]`` or of all rows -> ``[n, n]``.
        slots: where it is the likeness in one slot or the product of two: which; empty for any other.
    """

    name: str
    share: float
    of: "Callable[[Likeness], np.ndarray]"
    slots: tuple[int, ...] = ()


@dataclass(slots=True)
class Likeness:
    """What kernels are made from: of the rows with one candidate (``[n]`` each) or each other (``[n, n]``).

    Attributes:
        products: block -> inner products.
        distances: block -> squared distances.
        slots: ``[n_slots + n_parameters, n]`` or ``[n_slots + n_parameters, n, n]``, in [0, 1].
        curves: ``[n_parameters, n]`` or ``[n_parameters, n, n]``: inner products of parabolas.
        family: 1 where the skeleton is the same.
        constants: squared distances of the constants.
    """

    products: dict[str, np.ndarray]
    distances: dict[str, np.ndarray]
    slots: np.ndarray
    curves: np.ndarray
    family: np.ndarray
    constants: np.ndarray


class Kernels:
    """All kernels over the rows that a process is fitted to.

    A candidate is compared with the rows alone, never in a batch, so that what is said of it does not
    depend, to the last bit, on whom it was asked with.
    """

    def __init__(self, rows: Encoded, slot_names: Sequence[str]) -> None:
        self.rows = rows
        self._squares = {name: (block**2).sum(axis=1) for name, block in rows.blocks.items()}
        self._spread = self._constants_spread()
        self.kernels = list(self._plan(slot_names))
        self.shares = np.array([kernel.share for kernel in self.kernels])
        self.names = [kernel.name for kernel in self.kernels]

    def matrices(self, some: np.ndarray) -> np.ndarray:
        """``[n_kernels, m, m]`` between the rows `some`."""
        likeness = self._between(self.rows.take(some))
        return np.stack([kernel.of(likeness) for kernel in self.kernels])

    def total(self, strengths: Strengths) -> np.ndarray:
        """``[n, n]``: all kernels, each times its strength."""
        return self._weighted(self._between(self.rows), strengths)

    def shared(self, candidates: Encoded, at: int, strengths: Strengths) -> tuple[np.ndarray, float]:
        """Of candidate `at`: its covariance with each row, ``[n]``, and its own variance."""
        likeness, own = self._with(candidates, at)
        return self._weighted(likeness, strengths), float(self._weighted(own, strengths)[0])

    def _weighted(self, likeness: "Likeness", strengths: Strengths) -> np.ndarray:
        """The sum of all kernels, each times its strength; those of slots, which are many, all at once."""
        found = np.zeros_like(likeness.family)
        single, paired = np.zeros(len(likeness.slots)), np.zeros((len(likeness.slots),) * 2)
        for kernel, strength in zip(self.kernels, strengths.kernels.tolist(), strict=True):
            if not kernel.slots:
                found += strength * kernel.of(likeness)
            elif len(kernel.slots) == 1:
                single[kernel.slots] = strength
            else:
                paired[kernel.slots] = strength
        if len(single):
            flat = likeness.slots.reshape(len(single), -1)
            found += (single @ flat + ((paired @ flat) * flat).sum(axis=0)).reshape(found.shape)
        return found

    # -- likeness ---------------------------------------------------------------------------------

    def _between(self, rows: Encoded) -> Likeness:
        products = {name: (block @ block.T).astype(float) for name, block in rows.blocks.items()}
        distances = {}
        for name, product in products.items():
            squares = np.diag(product)
            distances[name] = np.maximum(squares[:, None] + squares[None] - 2 * product, 0.0)
        constants = rows.constants.astype(float)
        lengths = (constants**2).sum(axis=1)
        gaps = lengths[:, None] + lengths[None] - 2 * constants @ constants.T
        return Likeness(
            products,
            distances,
            _alike(rows.codes[:, None], rows.codes[None], rows.numbers[:, None], rows.numbers[None]),
            _curves(rows.numbers[:, None], rows.numbers[None]),
            (rows.skeletons[:, None] == rows.skeletons[None]).astype(float),
            np.maximum(gaps, 0.0),
        )

    def _with(self, candidates: Encoded, at: int) -> tuple[Likeness, Likeness]:
        """Its likeness with the rows, and with itself."""
        rows, products, distances, own, nothing = self.rows, {}, {}, {}, {}
        for name, block in rows.blocks.items():
            x = candidates.blocks[name][at]
            square = float((x * x).sum())
            products[name] = (block @ x).astype(float)
            distances[name] = np.maximum(self._squares[name] + square - 2 * products[name], 0.0)
            own[name], nothing[name] = np.array([square]), np.zeros(1)
        codes, numbers = candidates.codes[at], candidates.numbers[at]
        gaps = rows.constants - candidates.constants[at] if self._spread else np.zeros((1, 1))
        alike = Likeness(
            products,
            distances,
            _alike(rows.codes, codes[None], rows.numbers, numbers[None]),
            _curves(rows.numbers, numbers[None]),
            (rows.skeletons == candidates.skeletons[at]).astype(float),
            (gaps.astype(float) ** 2).sum(axis=-1),
        )
        slots = np.ones((len(codes) + len(numbers), 1))
        curves = _curves(numbers[None], numbers[None])
        return alike, Likeness(own, nothing, slots, curves, np.ones(1), np.zeros(1))

    def _constants_spread(self) -> float:
        """How far apart constants of one skeleton lie, squared; 0 if no skeleton is shared by three rows."""
        rows = self.rows
        skeletons, size = np.unique(rows.skeletons, return_counts=True)
        spreads = [
            2 * float(rows.constants[rows.skeletons == skeleton].astype(float).var(axis=0).sum())
            for skeleton in skeletons[(size >= 3) & (skeletons != 0)]
        ]
        spreads = [spread for spread in spreads if spread > 0]
        return float(np.median(spreads)) if spreads else 0.0

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


def _linear(name: str) -> "Callable[[Likeness], np.ndarray]":
    return lambda likeness: likeness.products[name]


def _nearby(name: str) -> "Callable[[Likeness], np.ndarray]":
    # Blocks have a mean squared length of 1, so that two rows are 2 apart on average.
    return lambda likeness: np.exp(-likeness.distances[name] / 2)


def _pair(*slots: int) -> "Callable[[Likeness], np.ndarray]":
    return lambda likeness: likeness.slots[list(slots)].prod(axis=0)


def _curve(slot: int, parameter: int) -> "Callable[[Likeness], np.ndarray]":
    return lambda likeness: likeness.slots[slot] * likeness.curves[parameter]


def _pairs(likeness: Likeness) -> np.ndarray:
    """Share of all pairs of slots that are alike in both."""
    n = len(likeness.slots)
    total = likeness.slots.sum(axis=0)
    return np.asarray((total**2 - (likeness.slots**2).sum(axis=0)) / (n * (n - 1)))


def _together(likeness: Likeness) -> np.ndarray:
    """Falls with every slot that differs; with a third of them different it is ``1 / e``."""
    n = len(likeness.slots)
    return np.asarray(np.exp(-3.0 / n * (n - likeness.slots.sum(axis=0))))


def _alike(
    codes: np.ndarray, other_codes: np.ndarray, numbers: np.ndarray, other_numbers: np.ndarray
) -> np.ndarray:
    """``[n_slots + n_parameters, ...]``: 1 for the same component, less the further apart two numbers are."""
    same = (codes == other_codes) & (codes >= 0)
    both_missing = np.isnan(numbers) & np.isnan(other_numbers)
    near = np.exp(-((numbers - other_numbers) ** 2) / (2 * NEAR**2))
    near = np.where(both_missing, 1.0, np.nan_to_num(near, nan=0.0))
    return np.moveaxis(np.concatenate([same.astype(float), near.astype(float)], axis=-1), -1, 0).copy()


def _curves(numbers: np.ndarray, other_numbers: np.ndarray) -> np.ndarray:
    """``[n_parameters, ...]``: ``(1 + x y)^2 / 4``, of mean about 1 where x is y; 1 where both are missing."""
    x, y = np.clip(numbers, -FARTHEST, FARTHEST), np.clip(other_numbers, -FARTHEST, FARTHEST)
    both_missing = np.isnan(numbers) & np.isnan(other_numbers)
    found = np.where(both_missing, 1.0, np.nan_to_num((1.0 + x * y) ** 2 / 4, nan=0.0))
    return np.moveaxis(found.astype(float), -1, 0).copy()
