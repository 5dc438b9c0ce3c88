"""Designs that differ in one slot alone: what tells most about a component, for all else is equal."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

import numpy as np

from evo.value.factors import Factor, slot_of
from evo.value.slots import Slots

BORROWED = 4.0
"""Degrees of freedom that groups of values may borrow from all groups together."""

_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, ``mean - half_width`` to ``mean + half_width``.

    Attributes:
        half_width: infinite where the interval is not known.
    """

    mean: float
    half_width: float

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0."""
        return abs(self.mean) > self.half_width

    def __str__(self) -> str:
        """As in ``+4.1 ± 1.2``, to two digits of the interval."""
        if not math.isfinite(self.half_width):
            return f"{self.mean:+.3g} ± ?"
        if self.half_width == 0:
            return f"{self.mean:+.3g} ± 0"
        decimals = 1 - math.floor(math.log10(self.half_width))
        if not 0 <= decimals <= 6:
            return f"{self.mean:+.3g} ± {self.half_width:.2g}"
        return f"{self.mean:+.{decimals}f} ± {self.half_width:.{decimals}f}"


@dataclass(frozen=True, slots=True)
class Swap:
    """What changed when one component took another's place and nothing else did.

    Attributes:
        slot: or a parameter of it.
        before, after: components; the one that comes first in the alphabet is `before`.
        n: backgrounds in which both were judged.
        difference: of the scores, after less before, in the problem's unit.
    """

    slot: str
    before: str
    after: str
    n: int
    difference: Estimate


class Backgrounds:
    """What each design is but for one slot.

    Args:
        designs: in the order they were judged.
        factors: of `evo.value.factors.factors_of`, for these designs.
    """

    def __init__(self, designs: Sequence[Slots], factors: Sequence[Factor]) -> None:
        self._factors = [at for at, factor in enumerate(factors) if factor.values is None]
        self._codes = {at: factors[at].codes for at in self._factors}
        names = {name: None for design in designs for name in design}
        slots = {name: slot_of(name, names) for name in names}
        owned = {
            at: frozenset(name for name in names if factors[at].name in (name, slots[name]))
            for at in self._factors
        }
        self.keys: list[dict[int, int]] = []
        # Sums of random numbers stand for sets of items: equal sets have equal sums, others hardly ever.
        # Not of hashes: those of (a, 0.5) and (b, 0) together are often those of (a, 0) and (b, 0.5).
        draw = Random(0)
        mark: dict[tuple[str, str | float], int] = defaultdict(lambda: draw.getrandbits(64))
        for design in designs:
            marks = {name: mark[name, value] for name, value in design.items()}
            whole = sum(marks.values())
            self.keys.append(
                {
                    at: (whole - sum(marks[name] for name in owned[at] if name in marks)) & _MASK
                    for at in self._factors
                }
            )

    def families(self) -> np.ndarray:
        """``[n]`` numbers from 0 on: a first design, and those that differ from it in one slot."""
        heads: dict[tuple[int, int], int] = {}
        found, n = np.empty(len(self.keys), int), 0
        for row, keys in enumerate(self.keys):
            family = next((heads[key] for key in keys.items() if key in heads), None)
            if family is None:
                family, n = n, n + 1
                heads.update(dict.fromkeys(keys.items(), family))
            found[row] = family
        return found

    def differences(self, scores: np.ndarray) -> dict[tuple[int, int, int], list[float]]:
        """``(factor, level, another level)`` -> difference of the mean scores, one a background with both."""
        found: dict[tuple[int, int, int], list[float]] = defaultdict(list)
        for at in self._factors:
            groups: dict[int, list[int]] = defaultdict(list)
            for row, keys in enumerate(self.keys):
                if self._codes[at][row] >= 0:
                    groups[keys[at]].append(row)
            for rows in groups.values():
                levels = self._codes[at][rows]
                present = np.unique(levels)
                if len(present) > 1:
                    means = {int(one): float(scores[rows][levels == one].mean()) for one in present}
                    for one, other in combinations(means, 2):
                        found[at, one, other].append(means[other] - means[one])
        return dict(found)


def swaps_of(
    designs: Sequence[Slots], scores: np.ndarray, factors: Sequence[Factor], backgrounds: Backgrounds
) -> list[Swap]:
    """Every swap that was judged, by slot.

    The variance of a swap seen a few times is drawn towards that of all swaps: a t interval with as many
    degrees of freedom as there are repeats of it and, up to `BORROWED`, of the others.

    Args:
        designs: that have scores.
        scores: ``[n]`` theirs.
        factors: of these designs.
        backgrounds: of these designs.
    """
    found = backgrounds.differences(scores) if len(designs) else {}
    intervals = t_intervals(list(found.values()))
    return [
        Swap(factors[at].name, factors[at].levels[one], factors[at].levels[other], len(values), interval)
        for ((at, one, other), values), interval in zip(found.items(), intervals, strict=True)
    ]


def t_intervals(groups: Sequence[Sequence[float]]) -> list[Estimate]:
    """Mean of each group of values with its interval, the variances drawn towards the common one.

    Source: Smyth, Linear models and empirical Bayes methods (2004), section 4: moderated t, with fixed weight.
    """
    from scipy.special import stdtrit  # late: it costs a fifth of a second

    means = [float(np.mean(group)) for group in groups]
    squares = [
        float(((np.asarray(group) - mean) ** 2).sum()) for group, mean in zip(groups, means, strict=True)
    ]
    repeats = sum(len(group) - 1 for group in groups)
    common = sum(squares) / repeats if repeats else 0.0
    borrowed = min(BORROWED, float(repeats))
    found = []
    for group, mean, square in zip(groups, means, squares, strict=True):
        degrees = len(group) - 1 + borrowed
        half = math.inf
        if degrees > 0:
            variance = (square + borrowed * common) / degrees
            half = float(stdtrit(degrees, 0.975)) * math.sqrt(variance / len(group))
        found.append(Estimate(mean, half))
    return found
