"""When a race looks, and how often all looks together err."""

from statistics import NormalDist

import numpy as np
import pytest

from evo.search.looks import FIRST_LAP, LAPS, laps, levels

EIGHTHS = [part / 8 for part in range(1, 8)]


@pytest.mark.parametrize(
    ("n_cases", "expected"),
    [
        (7, (7,)),
        (8, (4, 8)),
        (15, (5, 10, 15)),
        (30, (4, 8, 12, 17, 21, 25, 30)),
        (40, (5, 10, 15, 20, 25, 30, 35, 40)),
    ],
)
def test_laps_are_equal_parts(n_cases: int, expected: tuple[int, ...]) -> None:
    assert laps(n_cases) == expected


def test_no_lap_is_too_small() -> None:
    for n_cases in range(1, 200):
        found = laps(n_cases)
        assert found[-1] == n_cases
        assert len(found) <= LAPS
        assert min(np.diff([0, *found])) >= min(FIRST_LAP, n_cases)


def test_two_looks_are_those_of_the_books() -> None:
    # Times u = t / (1 - t) of 1 and 2, and .0125 spent at each: the linear spending function of Lan and DeMets.
    bounds = [NormalDist().inv_cdf(level) for level in levels(0.025, [1 / 2, 2 / 3])]
    assert bounds == pytest.approx([-2.241, -2.125], abs=0.002)


@pytest.mark.parametrize("error", [0.01, 0.05, 0.4])
def test_all_looks_together_spend_the_error_in_equal_parts(error: float) -> None:
    rng, n, bounds = np.random.default_rng(0), 200_000, np.array(levels(error, EIGHTHS))
    u = np.array(EIGHTHS) / (1 - np.array(EIGHTHS))
    paths = np.cumsum(rng.normal(size=(n, len(u))) * np.sqrt(np.diff(u, prepend=0.0)), axis=1) / np.sqrt(u)
    below = paths < [NormalDist().inv_cdf(level) for level in bounds]
    first = below.argmax(axis=1)[below.any(axis=1)]
    spent = np.bincount(first, minlength=len(u)) / n
    assert spent == pytest.approx(error / len(u), abs=5 * np.sqrt(error / len(u) / n))


def test_cases_without_replacement_err_as_often_as_stated() -> None:
    rng, scores, n = np.random.default_rng(1), np.random.default_rng(0).normal(size=400), 4000
    scores = (scores - scores.mean()) / scores.std()
    looks = [50 * part for part in range(1, 8)]
    bounds = [NormalDist().inv_cdf(level) for level in levels(0.1, EIGHTHS)]
    erred = 0
    for _ in range(n):
        means = np.cumsum(rng.permutation(scores))[np.array(looks) - 1] / looks
        scales = np.sqrt(1 / np.array(looks) - 1 / len(scores))
        erred += bool((means / scales < bounds).any())
    assert erred / n == pytest.approx(0.1, abs=0.015)


def test_levels_add_up_to_more_than_the_error_and_to_no_more_where_there_is_one_look() -> None:
    assert sum(levels(0.05, EIGHTHS)) > 1.3 * 0.05
    assert levels(0.05, [0.5]) == pytest.approx([0.05], rel=1e-3)
