"""What may be said about predictions once the truth is in: reliability, coverage, regret, each with an interval."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evo.report.decisions import Judgements
from evo.report.statistics import median_interval
from evo.share import Share

BINS = 10
"""A reliability curve has so many points, each of as many candidates."""

NINETY = 1.6449
"""Standard deviations to each side that hold 90 % of a normal distribution."""

NEARBY = 12
"""An audit is compared with so many chosen candidates before it and as many after it."""

ENOUGH = 5
"""Chosen candidates near an audit, below which nothing is said of it."""

CUT = 0.1
"""What is worth less than this quantile of those chosen at that time would have been dropped."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Candidates of whom about the same was predicted: medians of both scores, an interval of the true one."""

    predicted: float
    true: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Chance:
    """Candidates with about the same predicted chance of a score, and how many got one."""

    predicted: float
    came: Share


@dataclass(frozen=True, slots=True)
class Regret:
    """What judging everything would have found that screening misses, as far as audits say.

    Attributes:
        audits: while there was screening.
        dropped: of these, that screening would have dropped.
        beat_best, beat_chosen: of these again, better than the best score before, and than the median of
            the candidates that were chosen at that time.
    """

    audits: int
    dropped: int
    beat_best: Share
    beat_chosen: Share


def reliability(told: Judgements, bins: int = BINS) -> list[Bin]:
    """The reliability curve of the predicted scores, by their quantiles, the lowest first."""
    scored = np.flatnonzero(np.isfinite(told.score))
    order = scored[np.argsort(told.mean[scored], kind="stable")]
    found = []
    for part in np.array_split(order, min(bins, max(order.size // 3, 1))):
        if part.size:
            true = median_interval(told.score[part], n_resamples=1_000)
            found.append(
                Bin(float(np.median(told.mean[part])), true.median, true.low, true.high, int(part.size))
            )
    return found


def coverage(told: Judgements, only: np.ndarray | None = None) -> Share:
    """How many of the scores lay in their 90 % intervals; of those where `only` is True."""
    scored = np.isfinite(told.score) & (True if only is None else only)
    inside = np.abs(told.score - told.mean) <= NINETY * told.std
    return Share(int((inside & scored).sum()), int(scored.sum()))


def chances(told: Judgements, bins: int = 5) -> list[Chance]:
    """Predicted chance of a score against how often there was one, the lowest chance first."""
    order = np.argsort(told.ok, kind="stable")
    parts = np.array_split(order, min(bins, max(order.size // 10, 1)))
    return [
        Chance(
            float(np.mean(told.ok[part])),
            Share(int(np.isfinite(told.score[part]).sum()), int(part.size)),
        )
        for part in parts
        if part.size
    ]


def regret(told: Judgements) -> Regret:
    """Audits that would have been dropped, against what was known and chosen at their time.

    An audit is drawn at random from all that is proposed, so those of them that screening would have
    dropped are a fair sample of what it did drop. It would have dropped an audit that was worth less than
    nearly all (`CUT`) of the `NEARBY` chosen before and after it.
    """
    screened = told.surplus > 1
    audits = np.flatnonzero(told.audit & screened)
    chosen = np.flatnonzero(~told.audit & screened)
    found = list(_dropped(told, audits, chosen))
    n = len(found)
    return Regret(
        int(audits.size),
        n,
        Share(sum(best for best, _ in found), n),
        Share(sum(median for _, median in found), n),
    )


def _dropped(told: Judgements, audits: np.ndarray, chosen: np.ndarray) -> Iterator[tuple[bool, bool]]:
    """Of each audit that would have been dropped: whether it beat the best, and the median of those chosen."""
    for at in audits.tolist():
        place = int(np.searchsorted(chosen, at))
        near = chosen[max(place - NEARBY, 0) : place + NEARBY]
        if near.size < ENOUGH or told.worth[at] >= np.quantile(told.worth[near], CUT):
            continue
        score = told.score[at]
        if np.isnan(score):
            yield False, False
            continue
        rivals = np.where(np.isnan(told.score[near]), -np.inf, told.score[near])
        best = told.best[at]
        yield bool(np.isnan(best) or score > best), bool(score > np.quantile(rivals, 0.5, method="lower"))
