"""How alike candidates are to the rows that a process is fitted to: all that kernels are made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from evo.value.columns import Encoded

NEAR = 0.7
"""Standard deviations of a parameter within which two values are much alike."""

FARTHEST = 2.5
"""Standard deviations of a parameter beyond which a curve through its values goes on flat."""

AT_ONCE = 16
"""Candidates that are compared at a time: with more the numbers leave the processor's cache."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of each of ``m`` candidates with each of ``n`` rows.

    Attributes:
        products: block -> ``[m, n]`` inner products.
        distances: block -> ``[m, n]`` squared distances.
        slots: ``[m, n_slots + n_parameters, n]``, in [0, 1].
        alike, squares: ``[m, n]`` sums of `slots` over the slots, and of their squares.
        curves: ``[m, n_parameters, n]`` inner products of parabolas.
        family: ``[m, n]`` 1 where the skeleton is the same.
        constants: ``[m, n]`` squared distances of the constants.
    """

    products: Mapping[str, np.ndarray]
    distances: Mapping[str, np.ndarray]
    slots: np.ndarray
    alike: np.ndarray
    squares: np.ndarray
    curves: np.ndarray
    family: np.ndarray
    constants: np.ndarray


@dataclass(frozen=True, slots=True)
class Itself:
    """Of each of ``m`` candidates with itself, where that is not 1 or a distance of 0.

    Attributes:
        products: block -> ``[m]`` inner products.
        curves: ``[m, n_parameters]``, as in `Likeness`.
    """

    products: Mapping[str, np.ndarray]
    curves: np.ndarray


class Compared:
    """Rows that candidates are compared with.

    What comes of a candidate is the same, to the last bit, whomever it was asked with: products of matrices
    are made for each by itself, and sums go over its own numbers in order.
    """

    def __init__(self, rows: Encoded) -> None:
        self.rows = rows
        self._lengths = {name: (block**2).sum(axis=1) for name, block in rows.blocks.items()}
        self._codes = np.ascontiguousarray(rows.codes.T)
        self._numbers = np.ascontiguousarray(rows.numbers.T)
        self.constants_spread = self._constants_spread()

    def among(self, at_once: int = AT_ONCE) -> Iterator[Likeness]:
        """Of the rows with all rows, so many at a time."""
        products = {name: (block @ block.T).astype(float) for name, block in self.rows.blocks.items()}
        constants = self.rows.constants.astype(float)
        lengths = (constants**2).sum(axis=1)
        gaps = np.maximum(lengths[:, None] + lengths[None] - 2 * constants @ constants.T, 0.0)
        for start in range(0, len(self.rows), at_once):
            some = slice(start, start + at_once)
            distances = {}
            for name, product in products.items():
                squares = np.diag(product)
                distances[name] = np.maximum(squares[some, None] + squares[None] - 2 * product[some], 0.0)
            part = {name: product[some] for name, product in products.items()}
            yield self._likeness(self.rows.take(some), part, distances, gaps[some])

    def with_(self, candidates: Encoded) -> Iterator[tuple[Likeness, Itself]]:
        """Of candidates with the rows and with themselves, `AT_ONCE` at a time."""
        for start in range(0, len(candidates), AT_ONCE):
            some = candidates.take(slice(start, start + AT_ONCE))
            products, distances, own = {}, {}, {}
            for name, block in self.rows.blocks.items():
                x = np.ascontiguousarray(some.blocks[name])  # sums of rows in the same order, however many
                product = np.matmul(block, x[:, :, None])[:, :, 0].astype(float)
                square = (x * x).sum(axis=1)
                products[name], own[name] = product, square.astype(float)
                distances[name] = np.maximum(self._lengths[name] + square[:, None] - 2 * product, 0.0)
            gaps = np.zeros((len(some), 1))
            if self.constants_spread:
                apart = self.rows.constants - some.constants[:, None]
                gaps = (apart.astype(float) ** 2).sum(axis=-1)
            itself = Itself(
                own, _near_and_curves(some.numbers, some.numbers)[1] if len(self._numbers) else some.numbers
            )
            yield self._likeness(some, products, distances, gaps), itself

    def _likeness(
        self,
        some: Encoded,
        products: Mapping[str, np.ndarray],
        distances: Mapping[str, np.ndarray],
        gaps: np.ndarray,
    ) -> Likeness:
        n_slots = len(self._codes)
        slots = np.empty((len(some), n_slots + len(self._numbers), len(self.rows)))
        unheard = np.where(some.codes < 0, -2, some.codes)  # alike to nothing, not even to one another
        np.equal(unheard[:, :, None], self._codes, out=slots[:, :n_slots])
        alike = slots[:, :n_slots].sum(axis=1)
        squares, curves = alike, np.empty((len(some), 0, len(self.rows)))
        if len(self._numbers):
            slots[:, n_slots:], curves = _near_and_curves(some.numbers[:, :, None], self._numbers)
            squares = alike.copy()
            for at in range(n_slots, slots.shape[1]):
                alike += slots[:, at]
                squares += slots[:, at] ** 2
        family = (some.skeletons[:, None] == self.rows.skeletons).astype(float)
        return Likeness(products, distances, slots, alike, squares, curves, family, gaps)

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


def _near_and_curves(numbers: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of two arrays of parameters, broadcast: how near values are, and the inner products of their parabolas.

    The latter are ``(1 + x y)^2 / 4``, of mean about 1 where x is y. Both are 1 where both are missing and 0
    where one is.
    """
    both_missing = np.isnan(numbers) & np.isnan(others)
    near = np.exp(-((numbers - others) ** 2) / (2 * NEAR**2))
    x, y = np.clip(numbers, -FARTHEST, FARTHEST), np.clip(others, -FARTHEST, FARTHEST)
    curves = (1.0 + x * y) ** 2 / 4
    near, curves = (np.where(both_missing, 1.0, np.nan_to_num(found, nan=0.0)) for found in (near, curves))
    return near, curves.astype(float)
