"""Scores on a common scale: robust to heavy tails, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

STRAIGHT = 2.5
"""So many spreads about the centre the scale is linear; further out it grows as ``log(1 + log(1 + x))``."""

WIDEST = 8.0
"""Furthest that is mapped back: some ``exp(exp(5))`` spreads from the centre."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores of one problem are standardised.

    Attributes:
        centre: the median, in the problem's unit.
        spread: of a normal distribution with the same quartiles, in the problem's unit, above 0.
    """

    centre: float = 0.0
    spread: float = 1.0

    @classmethod
    def of(cls, scores: "Sequence[float] | np.ndarray") -> "Scale":
        """The scale of `scores`, any finite numbers; where most are equal, a wider range gives the spread."""
        found = np.asarray(scores, dtype=float)
        if found.size == 0:
            return cls()
        centre = float(np.median(found))
        for low, high, widths in ((25, 75, 1.349), (10, 90, 2.563), (2, 98, 4.107), (0, 100, 6.0)):
            bottom, top = np.percentile(found, (low, high))
            if top > bottom and np.isfinite(top - bottom):
                return cls(centre, float(top - bottom) / widths)
        return cls(centre, max(abs(centre), 1.0) * 1e-6)

    def to(self, scores: "np.ndarray | float") -> np.ndarray:
        """Scores in the problem's unit, any shape -> standardised."""
        z = (np.asarray(scores, dtype=float) - self.centre) / self.spread
        beyond = np.maximum(np.abs(z) - STRAIGHT, 0.0)
        return np.where(beyond > 0, np.sign(z) * (STRAIGHT + np.log1p(np.log1p(beyond))), z)

    def back(self, z: np.ndarray) -> np.ndarray:
        """The inverse of `to`; nothing comes out infinite."""
        return self.centre + self.spread * _stretched(z)

    def back_spread(self, z: np.ndarray, std: np.ndarray) -> np.ndarray:
        """Half the width of ``z ± std`` in the problem's unit, ``[n]``, at least 0."""
        return np.asarray(self.spread * (_stretched(z + std) - _stretched(z - std)) / 2)


def _stretched(z: np.ndarray) -> np.ndarray:
    beyond = np.maximum(np.minimum(np.abs(z), WIDEST) - STRAIGHT, 0.0)
    return np.where(beyond > 0, np.sign(z) * (STRAIGHT + np.expm1(np.expm1(beyond))), z)
