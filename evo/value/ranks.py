"""Scores as ranks: where a rare disaster weighs no more than it should, and equal scores stay equal."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Ranks:
    """The distribution of what was seen.

    Attributes:
        values: ``[m]`` different ones, ascending.
        shares: ``[m]`` share of all that are below each, ties counted half.
    """

    values: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(cls, found: np.ndarray) -> "Ranks":
        """Of ``[n]`` finite numbers, n at least 1."""
        values, counts = np.unique(np.asarray(found, float), return_counts=True)
        return cls(values, (np.cumsum(counts) - counts / 2) / counts.sum())

    def to(self, values: "np.ndarray | float") -> np.ndarray:
        """Ranks of any values, those between two that were seen between their ranks; beyond the ends straight on."""
        found = np.asarray(values, float)
        inside = np.clip(found, self.values[0], self.values[-1])
        return np.asarray(np.interp(inside, self.values, self.shares) + (found - inside) / self._unit())

    def back(self, ranks: np.ndarray) -> np.ndarray:
        """The inverse of `to`."""
        ranks = np.asarray(ranks, float)
        inside = np.clip(ranks, self.shares[0], self.shares[-1])
        return np.asarray(np.interp(inside, self.shares, self.values) + (ranks - inside) * self._unit())

    def back_spread(self, ranks: np.ndarray, std: np.ndarray) -> np.ndarray:
        """Half the width of ``ranks ± std`` on the way back, at least 0."""
        return np.asarray((self.back(ranks + std) - self.back(ranks - std)) / 2)

    def _unit(self) -> float:
        """Of values, that one of ranks is worth beyond the ends."""
        return float(self.values[-1] - self.values[0]) or 1.0
