"""Each formula against a slow, obvious reference, and the properties that it must have."""

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.report.statistics import (
    Interval,
    ToTarget,
    area_under,
    best_so_far,
    bootstrap_interval,
    curve_at,
    expected_to_target,
    median_interval,
    median_to_target,
    paired_wins,
    separated,
    to_target,
)

finite = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6))
samples = st.lists(finite, min_size=1, max_size=12)


@given(samples)
@settings(max_examples=40, deadline=None)
def test_the_interval_holds_the_median_and_stays_within_the_data(values: list[float]) -> None:
    found = median_interval(values, n_resamples=400)
    assert found.median == statistics.median(values)
    assert min(values) <= found.low <= found.median + 1e-9
    assert found.median - 1e-9 <= found.high <= max(values)
    assert found.n == len(values)


def test_the_interval_is_that_of_all_possible_resamples() -> None:
    values = [1.0, 2.0, 4.0, 8.0]
    every = [statistics.median(one) for one in itertools.product(values, repeat=4)]
    low, high = np.quantile(every, [0.1, 0.9])
    found = median_interval(values, level=0.8, n_resamples=40_000)
    assert found.low == pytest.approx(low, abs=0.51)
    assert found.high == pytest.approx(high, abs=0.51)
    narrow = median_interval(values, level=0.2, n_resamples=40_000)
    assert found.low <= narrow.low <= narrow.high <= found.high


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    found = [bootstrap_interval(rng.normal(size=40), np.mean, n_resamples=400, seed=i) for i in range(300)]
    covered = sum(low <= 0 <= high for low, high in found)
    assert 0.88 <= covered / 300 <= 0.98


def test_the_interval_repeats_and_narrows_with_more_runs() -> None:
    values = np.random.default_rng(0).normal(size=9)
    assert median_interval(values, seed=5) == median_interval(values, seed=5)
    many = median_interval(np.tile(values, 30))
    few = median_interval(values)
    assert many.high - many.low < few.high - few.low
    assert median_interval([2.5]) == Interval(2.5, 2.5, 2.5, 1)


def test_batches_of_a_large_sample_still_count_every_resample() -> None:
    low, high = bootstrap_interval(np.arange(150_000), n_resamples=50)
    assert low < 74_999.5 < high
    assert high - low < 2_000


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [math.inf]])
def test_what_is_no_sample_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        median_interval(values)


def test_a_level_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        median_interval([1.0], level=95)


def test_intervals_are_separated_only_without_a_common_point() -> None:
    a, b = Interval(1, 0, 2, 5), Interval(4, 3, 5, 5)
    assert separated(a, b)
    assert separated(b, a)
    assert not separated(a, Interval(3, 2, 4, 5))
    assert not separated(a, a)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=10))
def test_the_sign_test_counts_every_outcome_of_a_fair_coin(pairs: list[tuple[int, int]]) -> None:
    found = paired_wins([float(a) for a, _ in pairs], [float(b) for _, b in pairs])
    assert found.wins == sum(a > b for a, b in pairs)
    assert found.losses == sum(a < b for a, b in pairs)
    assert found.wins + found.losses + found.ties == len(pairs)
    n, seen = found.wins + found.losses, abs(found.wins - found.losses)
    tosses = list(itertools.product((-1, 1), repeat=n))
    assert found.p == pytest.approx(sum(abs(sum(one)) >= seen for one in tosses) / len(tosses))


def test_twelve_of_fifteen_is_the_first_that_means_something() -> None:
    def p(wins: int) -> float:
        return paired_wins([1.0] * wins + [0.0] * (15 - wins), [0.5] * 15).p

    assert p(12) < 0.05 < p(11)


def test_unequal_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="equal lengths"):
        paired_wins([1.0], [1.0, 2.0])


maybe_scores = st.lists(st.one_of(st.just(math.nan), finite), max_size=30)


@given(maybe_scores)
def test_best_so_far_is_the_maximum_of_what_came_before(scores: list[float]) -> None:
    found = best_so_far(scores)
    for i in range(len(scores)):
        known = [s for s in scores[: i + 1] if not math.isnan(s)]
        assert found[i] == max(known) if known else math.isnan(found[i])


@given(st.lists(finite, min_size=1, max_size=30), finite, st.integers(1, 40))
def test_the_first_evaluation_at_the_target_is_found(scores: list[float], target: float, budget: int) -> None:
    found = to_target(range(1, len(scores) + 1), scores, target, budget)
    hits = [i for i, score in enumerate(scores, start=1) if score >= target and i <= budget]
    assert found == (ToTarget(hits[0], True) if hits else ToTarget(budget, False))


runs_strategy = st.lists(
    st.builds(ToTarget, st.integers(1, 9).map(float), st.booleans()), min_size=1, max_size=12
)


@given(runs_strategy)
def test_kaplan_meier_agrees_with_walking_through_the_times(runs: list[ToTarget]) -> None:
    survival, expected = 1.0, None
    for time in range(1, 10):
        at_risk = [run for run in runs if run.evaluations >= time]
        if at_risk:
            survival *= 1 - sum(run.reached and run.evaluations == time for run in at_risk) / len(at_risk)
        if survival <= 0.5 + 1e-12:
            expected = time
            break
    assert median_to_target(runs) == expected


def test_without_censoring_kaplan_meier_is_the_lower_median() -> None:
    times = [3.0, 9.0, 5.0, 7.0, 4.0]
    assert median_to_target([ToTarget(t, True) for t in times]) == statistics.median_low(times)


def test_too_few_at_the_target_have_no_median() -> None:
    assert median_to_target([ToTarget(10, True), ToTarget(50, False), ToTarget(50, False)]) is None
    with pytest.raises(ValueError, match="at least one run"):
        median_to_target([])


def test_expected_evaluations_count_the_failures_as_well() -> None:
    assert expected_to_target([ToTarget(10, True), ToTarget(50, False), ToTarget(30, True)]) == 45
    assert expected_to_target([ToTarget(50, False)]) is None


@given(st.lists(finite, min_size=1, max_size=25), st.integers(1, 40), st.integers(1, 10))
def test_the_area_is_the_mean_of_the_curve(scores: list[float], budget: int, first: int) -> None:
    numbers = list(range(first, first + len(scores)))
    inside = [(n, s) for n, s in zip(numbers, scores, strict=True) if n <= budget]
    for before in (None, -1.5):
        found = area_under(numbers, scores, budget, before)
        if not inside:
            assert found == before
            continue
        start = inside[0][1] if before is None else before
        total = 0.0
        for t in range(1, budget + 1):
            so_far = [s for n, s in inside if n <= t]
            total += max(so_far) if so_far else start
        assert found == pytest.approx(total / budget, rel=1e-9, abs=1e-6)


def test_an_area_needs_a_budget() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        area_under([1], [1.0], 0)


@given(st.lists(finite, min_size=1, max_size=20), st.lists(st.integers(0, 80), max_size=10))
def test_a_curve_is_read_at_its_last_step(scores: list[float], grid: list[int]) -> None:
    numbers = [3 * i + 2 for i in range(len(scores))]
    for value, t in zip(curve_at(numbers, scores, grid), grid, strict=True):
        known = [s for n, s in zip(numbers, scores, strict=True) if n <= t]
        assert value == max(known) if known else math.isnan(value)
