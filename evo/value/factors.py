"""Slots and parameters of many designs as the columns of a linear model, and the sums that say what each brought."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evo.value.slots import Slots

OTHERS = "(all others)"
"""Stands for the components of a slot that are not among its `MOST_LEVELS` most frequent."""

MOST_LEVELS = 30

MOST_COLUMNS = 300
"""Of slots and parameters; slots come first."""

MOST_PAIRS = 200
"""Columns of pairs of components, those that most designs tell apart."""

LEAST_SUPPORT = 2
"""Designs that must have both components of a pair, and either without the other: one is only noise."""

PAIRS_SHARE = 0.1
"""How much all pairs are expected to explain, against what one slot is."""

RANGES = 4
"""Into so many ranges a numeric parameter is cut where it takes more values."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A slot or a parameter that differs between designs.

    Attributes:
        name: ``memory``, or ``memory.size``.
        slot: that it belongs to.
        levels: components or values; of a numeric parameter its ranges, as text.
        codes: ``[n]`` which level each design has; -1 for a parameter that it lacks.
        values: ``[n]`` of a numeric parameter, not-a-number where it lacks; None for the others.
        edges: ``(low, high)`` of each range; empty for the others.
    """

    name: str
    slot: str
    levels: tuple[str, ...]
    codes: np.ndarray
    values: np.ndarray | None = None
    edges: tuple[tuple[float, float], ...] = ()

    @property
    def counts(self) -> np.ndarray:
        """``[n_levels]`` designs that have each."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two components that some designs have together: ``(factor, level)``, ``(factor, level)``."""

    one: tuple[int, int]
    other: tuple[int, int]
    n: int


def slot_of(name: str, names: Mapping[str, object]) -> str:
    """The slot that `name` is, or is a parameter of."""
    slot = name.rpartition(".")[0]
    return slot if slot in names else name


def factors_of(designs: Sequence[Slots]) -> list[Factor]:
    """What differs between `designs`: slots by name, then parameters by name."""
    seen: Counter[str] = Counter()
    numeric: dict[str, bool] = {}
    for design in designs:
        seen.update(design.keys())
        for name, value in design.items():
            numeric[name] = numeric.get(name, True) and isinstance(value, float)
    names = sorted(seen, key=lambda name: (slot_of(name, seen) != name, name))
    found, room = [], MOST_COLUMNS
    for name in names:
        slot = slot_of(name, seen)
        make = _numbers if numeric[name] and slot != name else _texts
        factor = make(name, slot, [design.get(name) for design in designs])
        if len(factor.levels) > 1 and len(factor.levels) <= room:
            found.append(factor)
            room -= len(factor.levels) + 1
    return found


def _texts(name: str, slot: str, values: Sequence[str | float | None]) -> Factor:
    absent = (
        "" if slot == name else None
    )  # a slot that is not filled is a choice; a parameter goes with its owner
    texts = [absent if value is None else _text(value) for value in values]
    counts = Counter(text for text in texts if text is not None)
    frequent = sorted(counts, key=lambda text: (-counts[text], text))
    kept = frequent if len(frequent) <= MOST_LEVELS else [*frequent[: MOST_LEVELS - 1], OTHERS]
    levels = sorted(kept, key=lambda text: (text == OTHERS, text))
    code = {text: at for at, text in enumerate(levels)}
    codes = [-1 if text is None else code.get(text, len(levels) - 1) for text in texts]
    return Factor(name, slot, tuple(levels), np.array(codes, int))


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _numbers(name: str, slot: str, found: Sequence[str | float | None]) -> Factor:
    values = np.array(
        [value if isinstance(value, float) and math.isfinite(value) else np.nan for value in found]
    )
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    cuts = distinct[1:]  # where a new range begins
    if len(distinct) > RANGES:
        cuts = np.unique(np.quantile(known, np.arange(1, RANGES) / RANGES, method="higher"))
        cuts = cuts[cuts > distinct[0]]
    codes = np.where(np.isnan(values), -1, np.searchsorted(cuts, values, side="right"))
    edges = [
        (float(inside[0]), float(inside[-1]))
        for at in range(len(cuts) + 1)
        if len(inside := distinct[np.searchsorted(cuts, distinct, side="right") == at])
    ]
    levels = [f"{low:g}" if low == high else f"{low:g} to {high:g}" for low, high in edges]
    return Factor(name, slot, tuple(levels), codes, values, tuple(edges))


class Layout:
    """Which coefficient stands for what, and which sums of them say what a component brought.

    Args:
        factors: as `factors_of` gives them.
        chosen: ``[m]`` rows of the designs that the model is fitted to.
        pairs: most columns for pairs of components.

    Attributes:
        x: ``[m, d]``; of each factor its levels, of a numeric one a slope as well; then the pairs.
        groups: ``[d]`` coefficients that are shrunk together.
        shares: ``[n_groups]`` how much each group may be expected to explain.
        pairs: in the order of their columns.
    """

    def __init__(self, factors: Sequence[Factor], chosen: np.ndarray, pairs: int = MOST_PAIRS) -> None:
        self.factors = factors
        self._codes = [factor.codes[chosen] for factor in factors]
        self._values = [None if factor.values is None else factor.values[chosen] for factor in factors]
        columns: list[np.ndarray] = []
        groups: list[int] = []
        self._first: list[int] = []
        self._slope: dict[int, int] = {}
        self._middle: dict[int, tuple[float, float]] = {}
        group = 0
        for at, factor in enumerate(factors):
            self._first.append(len(columns))
            columns += [self._codes[at] == level for level in range(len(factor.levels))]
            groups += [group] * len(factor.levels)
            group += 1
            if (values := self._values[at]) is not None and not np.isnan(values).all():
                centre, spread = float(np.nanmean(values)), float(np.nanstd(values)) or 1.0
                self._slope[at], self._middle[at] = len(columns), (centre, spread)
                columns.append(np.nan_to_num((values - centre) / spread))
                groups.append(group)
                group += 1
        self.pairs = self._choose_pairs(min(pairs, len(chosen) // 2))
        self._first_pair = len(columns)
        columns += [(self._codes[a] == i) & (self._codes[b] == j) for (a, i), (b, j) in self._pair_keys()]
        groups += [group] * len(self.pairs)
        self.x = np.array(columns, float).T.reshape(len(chosen), -1)
        self.groups = np.array(groups, int)
        self.shares = np.ones(group + bool(self.pairs))
        self.shares[group:] = PAIRS_SHARE

    def levels(self, at: int) -> np.ndarray:
        """``[n_levels, d]``: what each level of a factor brings against the mean of all its levels.

        Everything else is as it was in the designs judged: the parameters of a component as often as they
        stood beside it, other slots' components as often as there were.
        """
        factor = self.factors[at]
        sums = np.array([self._level(at, level) for level in range(len(factor.levels))])
        return np.asarray(sums - sums.mean(axis=0))

    def slope(self, at: int) -> np.ndarray:
        """``[d]``: by how much the score rises with each unit of a numeric parameter, over its ranges."""
        values, codes = self._numbers(at), self._codes[at]
        sums = np.array([self._level(at, level) for level in range(len(self.factors[at].levels))])
        n = np.array([(codes == level).sum() for level in range(len(sums))], float)
        x = np.array([values[codes == level].mean() if n[level] else 0.0 for level in range(len(sums))])
        x = x - (n @ x) / n.sum()
        weights = n * x / max(float(n @ x**2), 1e-300)
        return np.asarray(weights @ sums)

    def pair_effects(self) -> np.ndarray:
        """``[n_pairs, d]``: what two components bring together beyond what each brings by itself."""
        place = {key: self._first_pair + at for at, key in enumerate(self._pair_keys())}
        found = np.zeros((len(self.pairs), self.x.shape[1]))
        for row, ((a, i), (b, j)) in enumerate(self._pair_keys()):
            p, q = self._shares(a), self._shares(b)
            for k, share_k in enumerate(p):
                for m, share_m in enumerate(q):
                    if (at := place.get(((a, k), (b, m)))) is not None:
                        found[row, at] += ((k == i) - share_k) * ((m == j) - share_m)
        return found

    def _pair_keys(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        return [(pair.one, pair.other) for pair in self.pairs]

    def _shares(self, at: int) -> np.ndarray:
        counts = np.bincount(self._codes[at][self._codes[at] >= 0], minlength=len(self.factors[at].levels))
        return np.asarray(counts / max(int(counts.sum()), 1))

    def _level(self, at: int, level: int) -> np.ndarray:
        """``[d]``: a level with what comes along with it, beside what stood elsewhere where it could be."""
        row = np.zeros(self.x.shape[1])
        row[self._first[at] + level] = 1.0
        having = self._codes[at] == level
        own = self._owned(at)
        for other in own:
            if other != at and having.any():
                codes = self._codes[other][having]
                for code in np.unique(codes[codes >= 0]):
                    row[self._first[other] + code] = (codes == code).mean()
            if other in self._slope:
                row[self._slope[other]] = self._mean_slope(other, having)
        if having.any():
            for number, pair in enumerate(self._pair_keys()):
                row[self._first_pair + number] = self._together(pair, own, having, self._codes[at] >= 0)
        return row

    def _owned(self, at: int) -> list[int]:
        """A factor and, of a slot, its parameters: what a level brings along."""
        name = self.factors[at].name
        return [other for other, one in enumerate(self.factors) if other == at or one.slot == name]

    def _together(
        self,
        pair: tuple[tuple[int, int], tuple[int, int]],
        own: Sequence[int],
        having: np.ndarray,
        beside: np.ndarray,
    ) -> float:
        """Share of designs with a pair, if what is not `own` were as in `beside` whatever the level; 0 without own."""
        mine = [self._codes[at][having] == code for at, code in pair if at in own]
        others = [self._codes[at][beside] == code for at, code in pair if at not in own]
        if not mine:
            return 0.0
        share = float(np.logical_and.reduce(mine).mean())
        return share * float(np.mean(others)) if others else share

    def _mean_slope(self, at: int, rows: np.ndarray) -> float:
        values = self._numbers(at)
        centre, spread = self._middle[at]
        inside = np.asarray(np.nan_to_num((values[rows] - centre) / spread))
        return float(inside.mean()) if inside.size else 0.0

    def _numbers(self, at: int) -> np.ndarray:
        values = self._values[at]
        if values is None:
            raise ValueError(f"{self.factors[at].name} is no numeric parameter")
        return np.asarray(values)

    def _choose_pairs(self, most: int) -> list[Pair]:
        """Pairs that some designs have, some have the one of without the other, and the other way round."""
        found: list[tuple[int, Pair]] = []
        sound = [at for at, factor in enumerate(self.factors) if factor.values is None]
        for a, b in combinations(sound, 2):
            if self.factors[a].slot == self.factors[b].slot:
                continue
            both = (self._codes[a] >= 0) & (self._codes[b] >= 0)
            shape = len(self.factors[a].levels), len(self.factors[b].levels)
            flat = self._codes[a][both] * shape[1] + self._codes[b][both]
            cells = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
            rows, sums = cells.sum(axis=1, keepdims=True), cells.sum(axis=0, keepdims=True)
            support = np.minimum(cells, np.minimum(rows - cells, sums - cells))
            for i, j in np.argwhere(support >= LEAST_SUPPORT).tolist():
                found.append((int(support[i, j]), Pair((a, i), (b, j), int(cells[i, j]))))
        found.sort(key=lambda one: -one[0])
        return sorted((pair for _, pair in found[:most]), key=lambda pair: (pair.one, pair.other))
