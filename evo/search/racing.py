"""Who is judged on more cases: whoever may still become the best.

Cases come in one random order, the same for every candidate, so that the cases seen so far are a random
sample of all `N` of them. At each look a candidate is compared with the bar, which is the best candidate
that was judged on all cases, and stops when the posterior probability that its mean over all cases is above
the bar's has fallen below the look's level (`evo.search.looks`). Who ends level with the bar is not above it.

The comparison subtracts a reference from the candidate's scores, case by case, which takes out how hard
the cases are. There are two: the bar's own scores (a paired comparison), and the mean scores of all who
finished (the panel). Either's mean over all cases is known, and the one that leaves the smaller variance is
taken. A mean difference ``d`` of ``n`` cases with variance ``s2`` gives, with a flat prior on the mean, a
Student posterior for the mean over all cases around ``d``, of scale ``sqrt(s2 * (1/n - 1/N))``: what was seen
is not uncertain any more. The variance has a prior, of the variance that those who finished have left when
they came: that of a panel of ``m`` is in proportion to ``1 + 1/m``. Where all scores are zero or one a mean is
above another by one case at least, and half of that is asked for (the usual correction for continuity);
pairs of zeros and ones are counted instead, as in McNemar's test, by an exact sum (`evo.search.chances`).

With a flat prior the posterior probability is the level of a one-sided test, so a candidate that really
is above the bar is stopped over all looks with at most the probability `error`, the more surely the more it
is above. While nobody has finished, the bar is the best on as many cases, picked for its luck too: the level
is divided by how many it was picked from. What is controlled is the verdict of a full evaluation: where
scores are noisy, that is as noisy as one evaluation of all cases is.

On recorded workflows (`tests.benchmarks.racing --orders 300 --seed 1`, mean of seven tasks, one coming after
the other) an error of .05 takes .69 of the cases and keeps the best 98 times in 100, where as many cases for
all alike name it 58 times; .2 takes .59 and keeps it 93 times. What is left is what near equals need.

Sources: Cochran, Sampling Techniques (3rd ed.), 2.6 and 7.1 (sampling without replacement, difference
estimators); Maron and Moore, The Racing Algorithm, Artificial Intelligence Review 11 (1997).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import numpy as np

from evo.errors import ConfigError
from evo.search.chances import chance_of_mean, chance_of_pairs
from evo.search.looks import levels
from evo.types import CaseResult

PANEL = 3
"""Candidates that must have finished before their mean is a reference."""

SPARE = 8
"""Finished candidates that are remembered with their scores, should the best be taken out."""

COUNTED = 200
"""Pairs that differ; of more the mean difference is as good, and cheaper than an exact sum."""

Kind = Literal["pair", "panel"]
"""What is subtracted from a candidate's scores."""


class Race:
    """Decides, candidate by candidate, who goes on to further cases.

    Args:
        laps: cases judged by the end of each stage, growing; the last has all.
        error: in (0, 1): largest probability that a candidate is stopped which a full evaluation would
            put above the bar.

    Raises:
        ConfigError: `error` is out of range.
    """

    def __init__(self, laps: Sequence[int], error: float = 0.05) -> None:
        if not 0 < error < 1:
            raise ConfigError(
                f"the error rate of a race must be above 0 and below 1, got {error}. Set it with: Race(error=0.05)"
            )
        self._last, self._n_all = len(laps) - 1, laps[-1]
        self.levels = levels(error, [n / self._n_all for n in laps[:-1]])
        self._finished = _Best(1 + SPARE)
        self._n_finished = 0
        self._sum = np.zeros(self._n_all)  # of the scores of all who finished, case by case
        self._running = [_Best() for _ in laps]  # who went on from each stage and has not finished
        self._spread: dict[Kind, _Pooled] = {"pair": _Pooled(), "panel": _Pooled()}
        self._worst = math.inf  # the lowest score of any case
        self._binary = True  # all scores so far are 0 or 1

    def climbs(self, index: int, stage: int, scores: np.ndarray, always: bool = False) -> bool:
        """Whether a candidate that was judged ``ok`` at `stage` goes on; to be asked once for each.

        Args:
            index: of the candidate, different for each.
            stage: counted from 0.
            scores: ``[n]`` of all its cases so far in the order of the cases, see `case_scores`; higher is
                better.
            always: it goes on whatever its scores, as seeds do.
        """
        scores = self._filled(np.asarray(scores, dtype=float))
        self._binary = self._binary and _are_binary(scores)
        if stage == self._last:
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

    def means(self, scores: np.ndarray) -> tuple[float, float]:
        """Of the cases seen, and about of all: as far from the panel's mean as on the cases seen.

        While nobody has finished, all are taken to be like those seen.
        """
        scores = self._filled(np.asarray(scores, dtype=float))
        seen = float(np.nanmean(scores))
        if not self._n_finished:
            return seen, seen
        panel = self._panel()
        return seen, float(panel.mean() + np.nanmean(scores - panel[: len(scores)]))

    def _may_win(self, stage: int, scores: np.ndarray) -> bool:
        """Whether the chance of ending above the bar is large enough."""
        level = self.levels[stage]
        if (finished := self._finished.best) is not None:
            return self._chance_to_pass(finished, scores) >= level
        running = self._running[stage]
        if running.best is None:
            return True
        # It was picked by these very cases, as the best of so many: each might have been the bar.
        return self._above("pair", running.best, 0.0, scores) >= level / len(running)

    def _chance_to_pass(self, bar: np.ndarray, scores: np.ndarray) -> float:
        """The chance of ending above `bar`, who finished, by the reference that leaves the smaller variance."""
        panel = self._panel() if self._n_finished >= PANEL else None
        if panel is None or self._variance("pair") <= self._variance("panel"):
            return self._above("pair", bar, 0.0, scores)
        return self._above("panel", panel, float(np.nanmean(bar - panel)), scores)

    def _above(self, kind: Kind, reference: np.ndarray, by: float, scores: np.ndarray) -> float:
        """The chance that the candidate's mean over all cases is more than `by` above the reference's."""
        reference = reference[: len(scores)]
        known = ~(np.isnan(scores) | np.isnan(reference))
        scores, reference = scores[known], reference[known]
        wins, losses = int((scores > reference).sum()), int((scores < reference).sum())
        if kind == "pair" and self._binary and wins + losses <= COUNTED:
            return chance_of_pairs(wins, losses, len(scores), self._n_all)
        more = 0.5 / self._n_all if self._binary else 0.0
        return chance_of_mean(scores - reference - by, self._n_all, self._variance(kind), more)

    def _panel(self) -> np.ndarray:
        return self._sum / self._n_finished

    def _variance(self, kind: Kind) -> float:
        """Of the differences that those who finish leave; infinite while nothing is known."""
        return self._spread[kind].variance * (1 + 1 / self._n_finished if kind == "panel" else 1)

    def _finish(self, index: int, scores: np.ndarray) -> None:
        self._learn(scores)
        # A case that was lost says nothing: as if this candidate had been like the others there.
        others = self._panel() if self._n_finished else np.full(len(scores), np.nanmean(scores))
        self._sum += np.where(np.isnan(scores), others, scores)
        self._n_finished += 1
        self.drop(index)
        self._finished.add(index, scores)

    def _learn(self, scores: np.ndarray) -> None:
        """Notes how much the scores of one who finished differ from the bar's and the panel's until now."""
        if (bar := self._finished.best) is not None:
            self._spread["pair"].add(scores - bar)
        if self._n_finished > 1:
            self._spread["panel"].add((scores - self._panel()) / math.sqrt(1 + 1 / self._n_finished))

    def _filled(self, scores: np.ndarray) -> np.ndarray:
        """With the lowest score of any case so far where a case failed."""
        if len(real := scores[np.isfinite(scores)]):
            self._worst = min(self._worst, float(real.min()))
        worst = self._worst if math.isfinite(self._worst) else 0.0
        return np.where(np.isneginf(scores), worst, scores)


def case_scores(cases: Sequence[CaseResult]) -> np.ndarray:
    """``[n]`` scores as a `Race` wants them: minus infinity where a case failed, not-a-number where it was lost."""
    return np.array([_score(case) for case in cases], dtype=float)


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

    @property
    def best(self) -> np.ndarray | None:
        """The best one's scores; None if there is nobody."""
        return self._entries[0][1] if self._entries else None

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
    return bool(((scores == 0) | (scores == 1) | np.isnan(scores)).all())
