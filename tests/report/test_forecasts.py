"""What is said about predictions: exact on made-up runs whose truth is known."""

import dataclasses

import numpy as np

from evo.report.decisions import Judgements
from evo.report.forecasts import chances, coverage, regret, reliability


def told(n: int = 2_000, seed: int = 0) -> Judgements:
    """Honest forecasts: scores are normal around `mean` with deviation `std`, one in five fails."""
    rng = np.random.default_rng(seed)
    mean, std = rng.normal(size=n), rng.uniform(0.2, 2.0, n)
    ok = np.full(n, 0.8)
    score = np.where(rng.random(n) < ok, rng.normal(mean, std), np.nan)
    audit = np.arange(n) % 10 == 0
    same = np.zeros(n)
    return Judgements(
        label=np.arange(n) * 1.0, mean=mean, std=std, ok=ok, score=score, audit=audit, surplus=same + 4,
        skill=same, bound=same, best=same + 10, worth=np.where(audit, -1.0, 1.0),
    )  # fmt: skip


def test_honest_intervals_cover_what_they_say() -> None:
    run = told()
    found = coverage(run)
    assert found.n == np.isfinite(run.score).sum()
    assert 0.88 < found.value < 0.92
    narrow = coverage(dataclasses.replace(run, std=run.std / 2))
    assert narrow.value < 0.65
    only = coverage(run, run.audit)
    assert only.n == np.isfinite(run.score[run.audit]).sum()


def test_a_reliable_model_lies_on_the_diagonal_and_another_does_not() -> None:
    run = told()
    bins = reliability(run)
    assert sum(one.n for one in bins) == np.isfinite(run.score).sum()
    assert [one.predicted for one in bins] == sorted(one.predicted for one in bins)
    assert sum(one.low <= one.predicted <= one.high for one in bins) >= 8
    shuffled = dataclasses.replace(run, mean=run.mean[::-1])
    ends = reliability(shuffled)
    assert abs(ends[-1].true - ends[0].true) < 0.5
    assert len(reliability(dataclasses.replace(run, score=np.full(2_000, np.nan)))) == 0


def test_chances_are_counted_among_all() -> None:
    (first, *rest) = chances(told())
    assert sum(one.came.n for one in (first, *rest)) == 2_000
    assert all(low < 0.8 < high for low, high in (one.came.interval(z=3) for one in (first, *rest)))


def test_regret_counts_the_audits_that_would_have_been_dropped() -> None:
    run = told()
    n = int(run.audit.sum())
    found = regret(run)
    assert (found.audits, found.dropped) == (n, n)  # each was worth less than all that were chosen
    assert found.beat_best.hits == 0
    assert 0.3 < found.beat_chosen.value < 0.6
    kept = regret(dataclasses.replace(run, worth=-run.worth))
    assert (kept.audits, kept.dropped) == (n, 0)
    missed = regret(dataclasses.replace(run, best=run.best - 20))
    assert missed.beat_best.hits == np.isfinite(run.score[run.audit]).sum()
    assert regret(dataclasses.replace(run, surplus=run.surplus * 0 + 1)).audits == 0
