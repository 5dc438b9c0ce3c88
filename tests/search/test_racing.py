from collections.abc import Sequence

import numpy as np
import pytest

from evo.errors import ConfigError
from evo.search.looks import laps
from evo.search.racing import Race

LOOKS = (8, 16, 32, 64)


def raced(
    race: Race, index: int, scores: np.ndarray, always: bool = False, looks: Sequence[int] = LOOKS
) -> int:
    """Cases that a candidate is judged on."""
    for stage, n in enumerate(looks):
        if not race.climbs(index, stage, scores[:n], always):
            return n
    return looks[-1]


def test_who_is_clearly_worse_stops_early_and_who_is_better_goes_on() -> None:
    rng, race = np.random.default_rng(0), Race(LOOKS)
    hard = rng.normal(size=LOOKS[-1])
    assert raced(race, 0, hard + 0.1 * rng.normal(size=64), always=True) == 64
    assert raced(race, 1, hard - 1 + 0.1 * rng.normal(size=64)) == 8
    assert raced(race, 2, hard + 1 + 0.1 * rng.normal(size=64)) == 64


def test_the_better_one_is_seldom_stopped() -> None:
    stopped = 0
    for seed in range(200):
        rng, race = np.random.default_rng(seed), Race(LOOKS, error=0.05)
        bar = rng.normal(size=64)
        better = rng.normal(size=64)
        better += bar.mean() - better.mean() + 0.05
        raced(race, 0, bar, always=True)
        stopped += raced(race, 1, better) < 64
    assert stopped / 200 < 0.08


def right_and_wrong(seed: int, alike: bool) -> np.ndarray:
    """``[9, 100]`` of cases some of which are right or wrong for nearly all; the last row has one more right than any.

    With `alike` it is right where others are, else anywhere.
    """
    rng = np.random.default_rng(seed)
    chances = rng.choice([0.02, 0.1, 0.5, 0.9, 0.98], size=100)
    rows = (rng.random((9, 100)) < chances).astype(float)
    if not alike:
        rows[8] = rng.random(100) < chances.mean()
    while (ahead := int(rows[8].sum() - rows[:8].sum(axis=1).max() - 1)) != 0:
        rows[8, rng.choice(np.flatnonzero(rows[8] == (ahead > 0)))] = ahead < 0
    return rows


@pytest.mark.parametrize("alike", [True, False])
def test_who_is_right_once_more_than_all_others_is_stopped_no_more_often_than_stated(alike: bool) -> None:
    # The hardest there is: the least lead that zeros and ones allow, and few cases that tell candidates apart.
    stopped, n, looks = 0, 300, laps(100)
    for seed in range(n):
        race = Race(looks, error=0.05)
        found = [
            raced(race, index, row, looks=looks) for index, row in enumerate(right_and_wrong(seed, alike))
        ]
        stopped += found[-1] < 100
    assert stopped / n < 0.05 + 2.5 * (0.05 * 0.95 / n) ** 0.5


def test_who_can_only_draw_level_is_stopped() -> None:
    race, bar = Race(LOOKS), np.array([1.0, 0.0] * 32)
    raced(race, 0, bar, always=True)
    worse = bar.copy()
    worse[[0, 2, 4, 6, 8, 10]] = 0
    assert raced(race, 1, worse) < 64


def test_zeros_and_ones_are_compared_too() -> None:
    race = Race(LOOKS)
    raced(race, 0, np.ones(64), always=True)
    assert raced(race, 1, np.zeros(64)) < 64
    assert raced(race, 2, np.ones(64)) == 64


def test_a_seed_always_goes_on() -> None:
    race = Race(LOOKS)
    raced(race, 0, np.ones(64), always=True)
    assert raced(race, 1, np.zeros(64), always=True) == 64


def test_cases_that_were_lost_say_nothing() -> None:
    rng, race = np.random.default_rng(0), Race(LOOKS)
    hard = rng.normal(size=64)
    for index in range(4):
        scores = hard + 0.1 * rng.normal(size=64)
        scores[index::7] = np.nan
        assert raced(race, index, scores, always=True) == 64
    worse = hard - 1
    worse[::3] = np.nan
    assert raced(race, 4, worse) < 64
    better = hard + 1
    better[::3] = np.nan
    assert raced(race, 5, better) == 64


def test_cases_that_failed_count_as_the_worst_there_is() -> None:
    rng, race = np.random.default_rng(0), Race(LOOKS)
    hard = rng.normal(size=64)
    for index in range(4):
        raced(race, index, hard + 0.1 * rng.normal(size=64), always=True)
    broken = hard + 0.1 * rng.normal(size=64)
    broken[::2] = -np.inf
    assert raced(race, 4, broken) < 64


def test_who_is_taken_out_is_nobodys_bar() -> None:
    rng, race = np.random.default_rng(0), Race(LOOKS)
    hard = rng.normal(size=64)
    raced(race, 0, hard + 0.1 * rng.normal(size=64), always=True)
    raced(race, 1, hard + 5, always=True)
    race.drop(1)
    assert raced(race, 2, hard + 1 + 0.1 * rng.normal(size=64)) == 64


@pytest.mark.parametrize("error", [0.0, 1.0, -1.0])
def test_an_error_rate_that_is_none_is_refused(error: float) -> None:
    with pytest.raises(ConfigError, match="above 0 and below 1"):
        Race(LOOKS, error=error)
