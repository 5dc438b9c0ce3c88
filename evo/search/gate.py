"""How far a value model's word is taken: by what it was worth lately."""

import math
from collections import deque

import numpy as np

NEIGHBOURS = 24
"""A judged candidate is compared with so many that were judged just before it: candidates of the same
time, so that a run's general progress is not taken for skill."""

WINDOW = 80
"""The last so many judgements decide."""

FAR = 5.0
"""Medians of the distance between predictions from which on a pair counts no more."""

ENOUGH = 12
"""Judgements before which nobody has skill, but for who is on credit."""

CREDITED = 20
"""A model on credit is taken to have shown the skill that it is credited with in so many judgements."""

CONFIDENCE = 1.28
"""Standard errors that are taken off: the lower end of an 80 % interval."""

DEPENDENCE = 5.5
"""Neighbouring comparisons share candidates: the variance is as if there were so many times fewer. Measured
on normal scores with correlations from 0 to 0.8, with and without a narrow choice: 4.2 to 6.2."""


class Gate:
    """Measures how well predictions made before a judgement order candidates after it.

    Each judged candidate i is compared with the `NEIGHBOURS` judged before it. With predicted qualities
    q and true ones s::

        skill = sum |q_i - q_j| sign(q_i - q_j) sign(s_i - s_j) / sum |q_i - q_j|

    over the last `WINDOW` of i: 1 if every prediction comes true, 0 in expectation if they are worth
    nothing. A pair counts by how far the predictions are apart (up to `FAR` times the median), because
    what is judged was mostly predicted to be good: among those the order is hard to tell, and is not what
    screening lives on; the pairs with an audit are far apart and count most. A failed candidate is worse
    than every other.

    `bound` is the lower end of an 80 % interval of the skill, from the influence of each i.

    On credit the skill is drawn towards `credit`, as if that had been shown in `CREDITED` judgements before the
    first, and no standard errors are taken off; from judgement `WINDOW` to twice that both come to an end.
    That is for runs which pay nothing for proposals: there, to listen to a model without skill costs nothing,
    as what it chooses is as good as what comes next, and not to listen to one with skill costs most early. On
    five landscapes, eight seeds, 40 evaluations, a search had gained .63 of what there is to gain without any
    taken off, .59 with all of them from the first on, .57 without a value model.

    Args:
        credit: in [0, 1]; with 0 everything has to be earned.

    Source: ours; the weighted sum is a Somers' D (Somers, American Sociological Review 27, 1962) with
    weights, its interval the usual linearisation of a ratio.
    """

    def __init__(self, credit: float = 0.0) -> None:
        self._credit = credit
        self._recent: deque[tuple[float, float]] = deque(maxlen=NEIGHBOURS)  # (predicted, true)
        self._terms: deque[tuple[float, float]] = deque(maxlen=WINDOW)  # (numerator, denominator) of each i
        self.n = 0
        """Judgements told so far."""

    def tell(self, predicted: float, true: float) -> None:
        """A candidate of quality `predicted`, as believed before, was judged; `true` is -inf if it failed."""
        if self._recent:
            before = np.array(self._recent)
            apart = _capped(predicted - before[:, 0])
            agree = np.sign(apart) * _better(true, before[:, 1])
            self._terms.append((float(np.abs(apart) @ agree), float(np.abs(apart).sum())))
        self._recent.append((predicted, true))
        self.n += 1

    @property
    def skill(self) -> float:
        """As shown, without credit: in [-1, 1]; 0 while nothing is known."""
        numerator, denominator = self._sums()
        return numerator / denominator if denominator > 0 else 0.0

    @property
    def bound(self) -> float:
        """How much skill may be reckoned with, at least 0.

        What there is at least, at 80 % confidence, and 0 while little is known; on credit more, see above.
        """
        n, skill = len(self._terms), self.skill
        _, denominator = self._sums()
        left = min(1.0, max(0.0, 2 - self.n / WINDOW))  # of the credit
        if denominator <= 0:
            return left * self._credit
        if not self._credit and n < ENOUGH:
            return 0.0
        influences = sum((top - skill * bottom) ** 2 for top, bottom in self._terms)
        error = CONFIDENCE * math.sqrt(DEPENDENCE * influences) / denominator
        if not self._credit:
            return max(0.0, skill - error)
        own = n / (n + left * CREDITED)
        return max(0.0, own * (skill - (1 - left) * error) + (1 - own) * self._credit)

    def _sums(self) -> tuple[float, float]:
        return sum(top for top, _ in self._terms), sum(bottom for _, bottom in self._terms)


def _capped(differences: np.ndarray) -> np.ndarray:
    """In units of their median size, none beyond `FAR` of it: no wild prediction decides alone."""
    sizes = np.abs(differences)
    typical = float(np.median(sizes[sizes > 0])) if sizes.any() else 1.0
    found: np.ndarray = np.clip(differences / typical, -FAR, FAR)
    return found


def _better(true: float, others: np.ndarray) -> np.ndarray:
    """1 where `true` is above, -1 where it is below, 0 where it is equal; two failures are equal."""
    return (true > others).astype(float) - (true < others)
