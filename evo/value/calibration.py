"""Whether the model's intervals hold what they say, and by how much they have to be widened."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.9
"""Share of the verdicts that ``mean ± Z * std`` should hold."""

Z = 1.645
"""Half width of that interval for a normal distribution, in standard deviations."""

ENOUGH = 40
"""Honest residuals from which on no others are used."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was predicted of a candidate before its verdict, and the verdict.

    Attributes:
        candidate: its id.
        n_labels: the model had learnt from so many.
        mean, std: of the score, in the problem's unit, calibrated as it was at that time.
        ok: predicted chance.
        truth: the score; None if it failed.
    """

    candidate: str
    n_labels: int
    mean: float
    std: float
    ok: float
    truth: float | None


class Calibration:
    """The latest outcomes, and the factor by which standard deviations are multiplied.

    Split-conformal: the factor is the quantile, over the most recent candidates that were predicted
    before they were judged, of how many of the model's own standard deviations they were off.

    Source: Lei et al., Distribution-free predictive inference for regression (2018), sections 2.2, 5.2.
    """

    def __init__(self, window: int) -> None:
        self.outcomes: deque[Outcome] = deque(maxlen=4 * window)
        self._off: deque[float] = deque(maxlen=window)
        self.factor = 1.0

    def add(self, outcome: Outcome, off: float | None) -> None:
        """One verdict; `off` in uncalibrated standard deviations, None for a failure or before any fit."""
        self.outcomes.append(outcome)
        if off is not None:
            self._off.append(abs(off))

    def refit(self, out_of_bag: "np.ndarray | Sequence[float]") -> None:
        """Sets the factor; while few verdicts came, training rows that were left out stand in for them."""
        found = list(self._off)
        if len(found) < ENOUGH:
            stand_in = np.abs(np.asarray(out_of_bag, float))
            rng = np.linspace(0, max(len(stand_in) - 1, 0), min(len(stand_in), ENOUGH - len(found)))
            found += list(np.sort(stand_in)[rng.astype(int)]) if len(stand_in) else []
        if found:
            self.factor = float(np.clip(conformal(found) / Z, 0.2, 10.0))

    def coverage(self, last: int | None = None) -> float | None:
        """Share of the last `last` scores within their intervals; None before there are any."""
        held = [
            abs(one.truth - one.mean) <= Z * one.std
            for one in list(self.outcomes)[-(last or len(self.outcomes)) :]
            if one.truth is not None
        ]
        return float(np.mean(held)) if held else None


def conformal(off: Sequence[float]) -> float:
    """The smallest half width that holds `LEVEL` of candidates to come, with `off` ``[n]`` seen.

    With too few to say, it is beyond the largest by half.
    """
    ordered = sorted(off)
    rank = int(np.ceil(LEVEL * (len(ordered) + 1)))
    return ordered[rank - 1] if rank <= len(ordered) else 1.5 * ordered[-1]
