"""What may be said about a few runs with different seeds: intervals, wins, time to a target.

Every function is pure and takes its seed; nothing here assumes that scores are normal. The runs
of one method are its sample: ``n`` is the number of seeds, never the number of evaluations.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Interval:
    """A median and the interval it is believed to lie in."""

    median: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Wins:
    """Paired comparison of two methods over the same seeds.

    Attributes:
        p: of a two-sided sign test; 1 where there is nothing but ties.
    """

    wins: int
    losses: int
    ties: int
    p: float


@dataclass(frozen=True, slots=True)
class ToTarget:
    """How many evaluations one run needed, or that it did not get there within `evaluations`."""

    evaluations: float
    reached: bool


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[..., np.ndarray] = np.mean,
    level: float = 0.95,
    n_resamples: int = 10_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Bootstrap percentile interval of a statistic of `values`.

    The ends are the ``(1 ∓ level)/2`` quantiles (linear between neighbours) of the statistic of
    `n_resamples` samples drawn with replacement, each as large as `values`. The interval of one
    value is that value: with a single one nothing is known about the spread.

    Args:
        values: ``[n]`` finite floats, n at least 1.
        statistic: called as ``statistic(samples, axis=1)`` with ``[b, n]`` samples, gives ``[b]``.
        level: coverage aimed at, in (0, 1).
        n_resamples: at least 1.
        seed: of the draw; the same arguments give the same interval.

    Raises:
        ValueError: `values` is empty or not finite, or `level` is out of range.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
    """
    sample = _finite(values, "values")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    rng = np.random.default_rng(seed)
    found = [
        statistic(sample[rng.integers(0, sample.size, (n, sample.size))], axis=1)
        for n in _batches(n_resamples, sample.size)
    ]
    low, high = np.quantile(np.concatenate(found), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def median_interval(
    values: ArrayLike, level: float = 0.95, n_resamples: int = 10_000, seed: int = 0
) -> Interval:
    """Median of `values` with its `bootstrap_interval`; same arguments, same errors."""
    low, high = bootstrap_interval(values, np.median, level, n_resamples, seed)
    sample = np.asarray(values, dtype=float)
    return Interval(float(np.median(sample)), low, high, int(sample.size))


def separated(a: Interval, b: Interval) -> bool:
    """Whether the two intervals have no point in common.

    Stricter than a test of the difference at the same level: what is separated differs, what is
    not separated may differ as well.
    """
    return a.low > b.high or b.low > a.high


def paired_wins(a: ArrayLike, b: ArrayLike) -> Wins:
    """How often `a` beats `b` where both ran with the same seed, and what that is worth.

    With ``m = wins + losses`` and ``k = max(wins, losses)``, the two-sided sign test gives
    ``p = min(1, 2 · Σ_{i=k..m} C(m, i) / 2^m)``; ties say nothing and are left out.

    Args:
        a: ``[n]`` finite scores, the i-th of seed i.
        b: ``[n]`` finite scores, in the same order of seeds.

    Raises:
        ValueError: the lengths differ, or a score is not finite.

    Source: Conover, Practical Nonparametric Statistics (1999), section 3.4.
    """
    first, second = _finite(a, "a"), _finite(b, "b")
    if first.shape != second.shape:
        raise ValueError(f"paired scores need equal lengths, got {first.size} and {second.size}")
    wins, losses = int((first > second).sum()), int((first < second).sum())
    n = wins + losses
    tail = sum(math.comb(n, i) for i in range(max(wins, losses), n + 1))
    return Wins(wins, losses, first.size - n, min(1.0, 2 * tail / 2**n))


def best_so_far(scores: ArrayLike) -> np.ndarray:
    """Running maximum ``[n]`` of `scores` ``[n]``; NaN marks a failure and never counts.

    Before the first score it is NaN.
    """
    values = np.asarray(scores, dtype=float)
    running: np.ndarray = np.fmax.accumulate(values) if values.size else values
    return running


def to_target(evaluations: ArrayLike, scores: ArrayLike, target: float, budget: float) -> ToTarget:
    """When one run first scored at least `target`.

    Args:
        evaluations: ``[k]`` ascending numbers of evaluations, counted from 1.
        scores: ``[k]`` the best score so far (or any scores) at those.
        target: in the unit of the scores.
        budget: how many evaluations the run made; it is censored there if it never got to `target`.
    """
    when, values = np.asarray(evaluations, dtype=float), np.asarray(scores, dtype=float)
    hits = when[(values >= target) & (when <= budget)]
    return ToTarget(float(hits.min()), True) if hits.size else ToTarget(float(budget), False)


def median_to_target(runs: Sequence[ToTarget]) -> float | None:
    """Kaplan-Meier median of the evaluations to the target; None when fewer than half get there.

    ``S(t) = Π_{tᵢ ≤ t} (1 − dᵢ/nᵢ)`` over the distinct times tᵢ at which dᵢ of the nᵢ runs not yet
    over reach the target; the median is the first t with ``S(t) ≤ ½``. A run that is censored at
    the time another one gets there counts as still on its way then.

    Raises:
        ValueError: there are no runs.

    Source: Kaplan & Meier, J. Am. Stat. Assoc. 53 (1958).
    """
    if not runs:
        raise ValueError("evaluations to target need at least one run, got none")
    survival = 1.0
    for time in sorted({run.evaluations for run in runs if run.reached}):
        at_risk = sum(run.evaluations >= time for run in runs)
        events = sum(run.reached and run.evaluations == time for run in runs)
        survival *= 1 - events / at_risk
        if survival <= 0.5 + 1e-12:  # a product of fractions that should be one half
            return time
    return None


def expected_to_target(runs: Sequence[ToTarget]) -> float | None:
    """Evaluations spent by all runs per run that got to the target; None when none did.

    ``ERT = Σ evaluations / #reached``: what restarting until success costs on average.

    Source: Hansen et al., COCO: a platform for comparing continuous optimizers (2021), equation 1.
    """
    reached = sum(run.reached for run in runs)
    return sum(run.evaluations for run in runs) / reached if reached else None


def area_under(
    evaluations: ArrayLike, scores: ArrayLike, budget: float, before: float | None = None
) -> float | None:
    """Mean of the best-so-far score over the evaluations 1 to `budget`.

    ``A = (1/B) · Σ_{t=1..B} best(t)``, where best(t) is the best score of the evaluations up to t;
    it has the unit of the score, and equal final scores differ in it by how soon they came.

    Args:
        evaluations: ``[k]`` ascending numbers of evaluations, counted from 1; in a race there are parts of
            them, and a score that came after 2.25 counts for .75 of the third.
        scores: ``[k]`` finite scores at those (all, or only the improvements).
        budget: B, at least 1; later evaluations are not counted.
        before: best(t) before the first score; the first score if None.

    Returns:
        None when there is no score within the budget and no `before`.

    Raises:
        ValueError: `budget` is below 1, or a score is not finite.
    """
    if budget < 1:
        raise ValueError(f"budget must be at least 1 evaluation, got {budget}")
    when = np.asarray(evaluations, dtype=float)
    inside = when <= budget
    when, values = when[inside], np.asarray(scores, dtype=float)[inside]
    if not when.size:
        return before
    best = np.maximum.accumulate(_finite(values, "scores"))
    spans = np.diff(np.append(when, budget + 1))
    start = float(best[0]) if before is None else before
    return float((best @ spans + start * (when[0] - 1)) / budget)


def curve_at(evaluations: ArrayLike, scores: ArrayLike, grid: ArrayLike) -> np.ndarray:
    """The best-so-far curve at the evaluations in `grid`.

    Args:
        evaluations: ``[k]`` ascending, where the curve steps up.
        scores: ``[k]`` its value from there on.
        grid: ``[m]`` evaluations to read it at.

    Returns:
        ``[m]`` floats, NaN before the first step.
    """
    when, values = np.asarray(evaluations, dtype=float), np.asarray(scores, dtype=float)
    index = np.searchsorted(when, np.asarray(grid, dtype=float), side="right")
    return np.concatenate([[np.nan], best_so_far(values)])[index]


def _batches(n_resamples: int, size: int) -> Iterator[int]:
    """Sizes that add up to `n_resamples`, so that one batch of resamples stays under some 16 MB."""
    most = max(1, 2_000_000 // size)
    for start in range(0, n_resamples, most):
        yield min(most, n_resamples - start)


def _finite(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"{name} must be a list of at least one finite number, got {values!r}")
    return array
