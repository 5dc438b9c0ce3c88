"""Where a value stands on a picture, and the round numbers written beside it."""

import math
from dataclasses import dataclass

import numpy as np

from evo.report.text import number


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps values from `low` to `high` to pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def place(self, values: np.ndarray | float) -> np.ndarray:
        """Pixels of `values`, those outside moved to the edge."""
        inside = np.clip(np.asarray(values, dtype=float), self.low, self.high)
        pixels: np.ndarray = self.start + (inside - self.low) / (self.high - self.low) * (
            self.end - self.start
        )
        return pixels

    def ticks(self, n: int) -> tuple[list[float], float]:
        """About `n` round values inside the axis, and the step between them."""
        step = _round_step((self.high - self.low) / max(n, 1))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        if last - first > 10 * n:  # the step is lost in the rounding of values this large
            return [self.low, self.high], self.high - self.low
        return [i * step for i in range(first, last + 1)], step


def tick_label(value: float, step: float) -> str:
    """`value` with as many decimals as tell it from its neighbours."""
    if value == 0 or abs(value) < step / 1e6:
        return "0"
    if max(abs(value), step) >= 1e7 or step < 1e-9:
        return number(value, 6)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}".replace("-", "−")


def _round_step(span: float) -> float:
    power = 10.0 ** math.floor(math.log10(span))
    return power * next(nice for nice in (1, 2, 5, 10) if nice * power >= span * 0.999)
