"""Random draws of one proposal, all from one seed."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Chance:
    """The draws of one proposal; the same seed gives the same draws.

    Attributes:
        generator: for draws that have no method here.
    """

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def true(self, probability: float) -> bool:
        """True with `probability`."""
        return bool(self.generator.random() < probability)

    def below(self, n: int) -> int:
        """A whole number from 0 up to but not including `n`."""
        return int(self.generator.integers(n))

    def normal(self) -> float:
        """A standard normal draw."""
        return float(self.generator.standard_normal())

    def between(self, low: float, high: float) -> float:
        """Uniform in ``[low, high)``."""
        return low + (high - low) * float(self.generator.random())

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`, each as likely."""
        return items[int(self.generator.integers(len(items)))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One key of `weights`; those of weight 0 never. At least one weight is above 0."""
        keys = [key for key, weight in weights.items() if weight > 0]
        left = float(self.generator.random()) * sum(weights[key] for key in keys)
        for key in keys:
            left -= weights[key]
            if left < 0:
                return key
        return keys[-1]  # rounding may leave a last crumb

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """`items` in random order."""
        return [items[i] for i in self.generator.permutation(len(items))]
