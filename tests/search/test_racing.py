import numpy as np
import pytest

from evo.errors import ConfigError
from evo.search.racing import Race

LOOKS = (8, 16, 32, 64)


def raced(race: Race, index: int, scores: np.ndarray, always: bool = False) -> int:
    """Cases that a candidate is judged on."""
    for stage, n in enumerate(LOOKS):
        if not race.climbs(index, stage, scores[:n], always):
            return n
    return LOOKS[-1]


def test_who_is_clearly_worse_stops_early_and_who_is_better_goes_on() -> None:
    rng, race = np.random.default_rng(0), Race(len(LOOKS))
    hard = rng.normal(size=LOOKS[-1])
    assert raced(race, 0, hard + 0.1 * rng.normal(size=64), always=True) == 64
    assert raced(race, 1, hard - 1 + 0.1 * rng.normal(size=64)) == 8
    assert raced(race, 2, hard + 1 + 0.1 * rng.normal(size=64)) == 64


def test_the_better_one_is_seldom_stopped() -> None:
    stopped = 0
    for seed in range(200):
        rng, race = np.random.default_rng(seed), Race(len(LOOKS), error=0.05)
        bar = rng.normal(size=64)
        better = rng.normal(size=64)
        better += bar.mean() - better.mean() + 0.05
        raced(race, 0, bar, always=True)
        stopped += raced(race, 1, better) < 64
    assert stopped / 200 < 0.08


def test_zeros_and_ones_are_compared_too() -> None:
    race = Race(len(LOOKS))
    raced(race, 0, np.ones(64), always=True)
    assert raced(race, 1, np.zeros(64)) < 64
    assert raced(race, 2, np.ones(64)) == 64


def test_a_seed_always_goes_on() -> None:
    race = Race(len(LOOKS))
    raced(race, 0, np.ones(64), always=True)
    assert raced(race, 1, np.zeros(64), always=True) == 64


@pytest.mark.parametrize("error", [0.0, 1.0, -1.0])
def test_an_error_rate_that_is_none_is_refused(error: float) -> None:
    with pytest.raises(ConfigError, match="above 0 and below 1"):
        Race(3, error=error)
