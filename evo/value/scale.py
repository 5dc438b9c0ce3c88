"""Scores on a common scale: robust to heavy tails, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

STRAIGHT = 2.5
"""So many spreads about the centre the scale is linear; further out it grows as ``log(1 + log(1 + x))``."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores of one problem are standardised.

    Attributes:
        centre: the median, in the problem's unit.
        spread: of a normal distribution with the same quartiles, in the problem's unit, above 0.
        lowest, highest: of the scores, standardised; beyond these the way back is straight, so that a
            forecast a little outside of what was seen does not come out astronomical.
    """

    centre: float = 0.0
    spread: float = 1.0
    lowest: float = -STRAIGHT
    highest: float = STRAIGHT

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
                scale = cls(centre, float(top - bottom) / widths)
                return replace(
                    scale, lowest=float(scale.to(found.min())), highest=float(scale.to(found.max()))
                )
        return cls(centre, max(abs(centre), 1.0) * 1e-6)

    def to(self, scores: "np.ndarray | float") -> np.ndarray:
        """Scores in the problem's unit, any shape -> standardised."""
        z = (np.asarray(scores, dtype=float) - self.centre) / self.spread
        beyond = np.maximum(np.abs(z) - STRAIGHT, 0.0)
        return np.where(beyond > 0, np.sign(z) * (STRAIGHT + np.log1p(np.log1p(beyond))), z)

    def back(self, z: np.ndarray) -> np.ndarray:
        """The inverse of `to` between the lowest and the highest score; further out one spread a unit."""
        inside = np.clip(z, min(self.lowest, -STRAIGHT), max(self.highest, STRAIGHT))
        beyond = np.maximum(np.abs(inside) - STRAIGHT, 0.0)
        far = np.sign(inside) * (STRAIGHT + np.expm1(np.expm1(beyond)))
        return np.asarray(self.centre + self.spread * (np.where(beyond > 0, far, inside) + z - inside))

    def back_spread(self, z: np.ndarray, std: np.ndarray) -> np.ndarray:
        """Half the width of ``z ± std`` in the problem's unit, ``[n]``, at least 0."""
        return np.asarray((self.back(z + std) - self.back(z - std)) / 2)
