"""Who is judged on more cases: whoever may still end up among the best.

Cases come in one random order, the same for every candidate, so that the cases seen so far are a random
sample of all `N` of them. At each look a candidate is compared with the bar, which is the best candidate
that was judged on all cases (or the `among`-th best), and stops when the posterior probability that its
mean over all cases is above the bar's has fallen below a bound.

The comparison subtracts a reference from the candidate's scores, case by case, which takes out how hard
the cases are. There are two: the bar's own scores (a paired comparison), and the mean scores of all who
finished (the panel). Either's mean over all cases is known, and the one that left the smaller variance in the
candidates before is taken. A mean difference ``d`` of ``n`` cases with variance ``s2`` gives, with a flat
prior on the mean, a Student posterior for the mean over all cases around ``d``, of scale
``sqrt(s2 * (1/n - 1/N))``: what was seen is not uncertain any more. The variance has a prior worth
`PRIOR` differences, of the variance seen in the candidates before. Pairs of zeros and ones are counted
instead, as in McNemar's test, by an exact sum.

With a flat prior the posterior probability is the level of a one-sided test, so a candidate that really
is above the bar is stopped at one look with at most the bound's probability. The looks share out the
`error` between them, equally, hence over all looks it is at most `error` whatever depends on what. While
nobody has finished, the bar is the best on as many cases, picked for its luck too: the bound is divided by
how many it was picked from. What is controlled is the verdict of a full evaluation: where scores are
noisy, that is as noisy as one evaluation of all cases is.

Sources: Gelman et al., Bayesian Data Analysis (3rd ed.), 3.3 and 8.3 (conjugate normal model, finite
populations); Cochran, Sampling Techniques (3rd ed.), 7.1 (difference estimators); Maron and Moore, The
Racing Algorithm, Artificial Intelligence Review 11 (1997).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import numpy as np

from evo.errors import ConfigError
from evo.types import CaseResult

PRIOR = 4
"""Differences that the prior on their variance is worth."""

PANEL = 3
"""Candidates that must have finished before their mean is a reference."""

SPARE = 8
"""Finished candidates that are remembered with their scores, should the best be taken out."""

Kind = Literal["pair", "panel"]
"""What is subtracted from a candidate's scores."""

_MANY = 200
"""Degrees of freedom from which on Student's distribution is taken for the normal one."""


class Race:
    """Decides, candidate by candidate, who goes on to further cases.

    Args:
        n_stages: how many stages there are; each adds cases to those of the stage before.
        error: in (0, 1): largest probability that a candidate is stopped which a full evaluation would
            put above the bar.
        among: the bar is the `among`-th best of those who finished; 1 asks for the very best.

    Raises:
        ConfigError: `error` or `among` is out of range.
    """

    def __init__(self, n_stages: int, error: float = 0.05, among: int = 1) -> None:
        if not 0 < error < 1:
            raise ConfigError(
                f"the error rate of a race must be above 0 and below 1, got {error}. Set it with: Race(error=0.05)"
            )
        if among < 1:
            raise ConfigError(f"among of a race must be at least 1, got {among}. Set it with: Race(among=1)")
        self._n_stages, self._among = n_stages, among
        self.bounds = [error / max(n_stages - 1, 1)] * max(n_stages - 1, 1)
        self._finished = _Best(among + SPARE)
        self._n_finished = 0
        self._sum = np.zeros(0)  # of the scores of all who finished, case by case
        self._running = [_Best() for _ in range(n_stages)]  # who went on from each stage and has not finished
        self._spread: dict[Kind, _Pooled] = {"pair": _Pooled(), "panel": _Pooled()}
        self._worst = math.inf  # the lowest score of any case

    def climbs(self, index: int, stage: int, scores: np.ndarray, always: bool = False) -> bool:
        """Whether a candidate that was judged ``ok`` at `stage` goes on; to be asked once for each.

        Args:
            index: of the candidate, different for each.
            stage: counted from 0.
            scores: ``[n]`` of all its cases so far in the order of the cases, see `case_scores`; higher is
                better, all candidates have as many at the same stage.
            always: it goes on whatever its scores, as seeds do.
        """
        scores = self._filled(np.asarray(scores, dtype=float))
        if stage + 1 == self._n_stages:
            self._finish(index, scores)
            return False
        goes_on = self._may_win(stage, scores) or always
        if goes_on:
            self._running[stage].add(index, scores)
        else:
            self.drop(index)
        return goes_on

    def drop(self, index: int) -> None:
        """This candidate is nobody's bar any more: a later stage refused it, or a person did."""
        for best in (self._finished, *self._running):
            best.drop(index)

    def _may_win(self, stage: int, scores: np.ndarray) -> bool:
        """Whether the chance of ending above everybody it is compared with is large enough."""
        finished, n_all = self._finished.at(self._among), len(self._sum)
        if n_all == len(scores):
            return True  # there are no further cases
        running, n_running = self._running[stage].at(self._among), len(self._running[stage])
        bounds = [(finished, 1)] if finished is not None else []
        if running is not None:
            # It was picked by these very cases, as the best of so many: each might have been the bar.
            bounds.append((running, n_running))
        return all(
            self._chance(bar, scores, n_all) >= self.bounds[stage] / among / len(bounds)
            for bar, among in bounds
        )

    def _chance(self, bar: np.ndarray, scores: np.ndarray, n_all: int) -> float:
        """The chance of ending above `bar`, of all cases or of as many as there are scores."""
        references = self._references(bar, len(scores), n_all)
        kind = min(references, key=lambda one: self._spread[one].variance)
        chance = self._above(kind, *references[kind], scores, n_all)
        for one, (reference, _) in references.items():
            self._spread[one].add(scores - reference)
        return chance

    def _references(self, bar: np.ndarray, n: int, n_all: int) -> dict[Kind, tuple[np.ndarray, float]]:
        """What may be subtracted: ``[n]`` scores, and how far the bar's mean over all cases is above theirs."""
        found: dict[Kind, tuple[np.ndarray, float]] = {"pair": (bar[:n], 0.0)}
        if n_all == len(bar) and self._n_finished >= PANEL:
            panel = self._sum / self._n_finished
            found["panel"] = (panel[:n], float(np.nanmean(bar - panel)))
        return found

    def _above(self, kind: Kind, reference: np.ndarray, by: float, scores: np.ndarray, n_all: int) -> float:
        """The chance that the candidate's mean over all cases is more than `by` above the reference's."""
        known = ~(np.isnan(scores) | np.isnan(reference))
        scores, reference = scores[known], reference[known]
        if kind == "pair" and _are_binary(scores) and _are_binary(reference):
            wins, losses = int((scores > reference).sum()), int((scores < reference).sum())
            return chance_of_pairs(wins, losses, len(scores), n_all)
        return chance_of_mean(scores - reference - by, n_all, self._spread[kind].variance)

    def _finish(self, index: int, scores: np.ndarray) -> None:
        if len(self._sum) != len(scores):
            self._sum = np.zeros(len(scores))
        # A case that was lost says nothing: as if this candidate had been like the others there.
        others = (
            self._sum / self._n_finished if self._n_finished else np.full(len(scores), np.nanmean(scores))
        )
        self._sum += np.where(np.isnan(scores), others, scores)
        self._n_finished += 1
        self.drop(index)
        self._finished.add(index, scores)

    def _filled(self, scores: np.ndarray) -> np.ndarray:
        """With the lowest score of any case so far where a case failed."""
        if len(real := scores[np.isfinite(scores)]):
            self._worst = min(self._worst, float(real.min()))
        worst = self._worst if math.isfinite(self._worst) else 0.0
        return np.where(np.isneginf(scores), worst, scores)


def case_scores(cases: Sequence[CaseResult]) -> np.ndarray:
    """``[n]`` scores as a `Race` wants them: minus infinity where a case failed, not-a-number where it was lost."""
    return np.array([_score(case) for case in cases], dtype=float)


def chance_of_mean(differences: np.ndarray, n_all: int, variance: float = math.inf) -> float:
    """The posterior probability that the mean difference over all cases is above 0.

    Args:
        differences: ``[n]`` of the cases seen.
        n_all: how many cases there are; 0 if unknown, which counts as infinitely many.
        variance: of such differences, as far as others show; infinite if nothing is known.

    Returns:
        In [0, 1]; 1 if there is too little to say anything.
    """
    n = len(differences)
    weight = PRIOR if math.isfinite(variance) else 0
    freedom = weight + n - 1
    if n == 0 or freedom < 1:
        return 1.0
    mean = float(differences.mean())
    squares = float(((differences - mean) ** 2).sum()) + (weight * variance if weight else 0.0)
    unseen = 1 / n - (1 / n_all if n_all else 0.0)
    if unseen > 0 and squares == 0 and not weight:
        return 1.0  # equal differences so far do not show how much others vary
    scale = math.sqrt(squares / freedom * max(unseen, 0.0))
    if scale == 0:
        return float(mean >= 0)
    return student(mean / scale, freedom)


def chance_of_pairs(wins: int, losses: int, n: int, n_all: int) -> float:
    """The posterior probability that the wins over all cases are at least as many as the losses.

    Of the cases not seen as many are taken to differ as the share of those seen. Who wins one of them has a
    Beta(wins + 1, losses) distribution: its prior favours the candidate just so much that for infinitely many
    cases the probability is the level of the exact sign test, which errs no more often than it says.

    Args:
        wins: cases where the candidate was right and the other wrong.
        losses: where it was the other way round.
        n: how many cases both saw.
        n_all: how many cases there are; 0 if unknown, which counts as infinitely many.
    """
    if losses == 0:
        return 1.0
    if n_all == 0:
        m = wins + losses
        return float(sum(math.comb(m, k) for k in range(wins + 1)) / 2**m)
    m = math.ceil((wins + losses) * (n_all - n) / n)
    needed = math.ceil((losses - wins + m) / 2)
    a, b = wins + 1, losses
    scale = _log_beta(a, b) - math.lgamma(m + 1)
    terms = (
        math.exp(_log_beta(a + k, b + m - k) - scale - math.lgamma(k + 1) - math.lgamma(m - k + 1))
        for k in range(max(needed, 0), m + 1)
    )
    return min(math.fsum(terms), 1.0)


def student(t: float, freedom: int) -> float:
    """Probability that a Student variable of `freedom` whole degrees, at least 1, is below `t`.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    if freedom > _MANY:
        return 0.5 * math.erfc(-t / math.sqrt(2))
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    inside = (angle + sine * total) * 2 / math.pi if odd else sine * total
    return min(max((1 + inside) / 2, 0.0), 1.0)


class _Best:
    """The best few candidates by their mean, with their scores; of equal ones the earlier first."""

    def __init__(self, size: int = 1 << 30) -> None:
        self._size = size
        self._keys: list[float] = []
        self._entries: list[tuple[int, np.ndarray]] = []

    def add(self, index: int, scores: np.ndarray) -> None:
        mean = float(np.nanmean(scores)) if not np.isnan(scores).all() else -math.inf
        place = bisect_right(self._keys, -mean)
        if place < self._size:
            self._keys.insert(place, -mean)
            self._entries.insert(place, (index, scores))
            del self._keys[self._size :], self._entries[self._size :]

    def at(self, rank: int) -> np.ndarray | None:
        """The scores of the `rank`-th best, from 1 on; None if there are fewer."""
        return self._entries[rank - 1][1] if rank <= len(self._entries) else None

    def drop(self, index: int) -> None:
        for place, (one, _) in enumerate(self._entries):
            if one == index:
                del self._keys[place], self._entries[place]
                return

    def __len__(self) -> int:
        return len(self._keys)


class _Pooled:
    """The variance of differences within candidates, over all that were added."""

    def __init__(self) -> None:
        self._squares, self._freedom = 0.0, 0

    @property
    def variance(self) -> float:
        """Infinite while nothing is known."""
        return self._squares / self._freedom if self._freedom else math.inf

    def add(self, differences: np.ndarray) -> None:
        known = differences[~np.isnan(differences)]
        if len(known) > 1:
            self._squares += float(((known - known.mean()) ** 2).sum())
            self._freedom += len(known) - 1


def _score(case: CaseResult) -> float:
    if case.score is not None:
        return case.score
    return math.nan if case.status == "lost" else -math.inf


def _are_binary(scores: np.ndarray) -> bool:
    return bool(((scores == 0) | (scores == 1)).all())


def _log_beta(a: int, b: int) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
