"""A share with its interval: so many of so many."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """In [0, 1]; NaN of nothing."""
        return self.hits / self.n if self.n else math.nan

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Wilson's interval, 95 % unless another `z` is given; (0, 1) of nothing.

        Its middle is drawn towards one half where there is little evidence.

        Source: Wilson, Journal of the American Statistical Association 22 (1927).
        """
        if not self.n:
            return 0.0, 1.0
        p, n = self.hits / self.n, self.n
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, centre - half), min(1.0, centre + half)
