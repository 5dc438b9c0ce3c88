"""The chance to end above another candidate, beside slow references."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from evo.search.chances import PRIOR, beta_binomial, chance_of_mean, chance_of_pairs, student


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 30, 199])
def test_student(freedom: int) -> None:
    for t in (-8.0, -2.3, -0.4, 0.0, 1.7, 40.0):
        assert student(t, freedom) == pytest.approx(stats.t.cdf(t, freedom), abs=1e-12)


def test_beta_binomial() -> None:
    k = np.arange(13)
    assert beta_binomial(k, 12, 3, 5) == pytest.approx(stats.betabinom.pmf(k, 12, 3, 5))


def test_the_chance_of_a_mean_is_that_of_the_cases_not_seen() -> None:
    differences, n_all = np.array([0.2, -0.5, -0.1, 0.3, -0.7, -0.4]), 20
    scale = differences.std(ddof=1) * math.sqrt(1 / 6 - 1 / 20)
    expected = stats.t.cdf((differences.mean() - 0.05) / scale, 5)
    assert chance_of_mean(differences, n_all, more=0.05) == pytest.approx(expected)
    pooled = math.sqrt((5 * differences.var(ddof=1) + PRIOR * 0.5) / (5 + PRIOR) * (1 / 6 - 1 / 20))
    expected = stats.t.cdf(differences.mean() / pooled, 5 + PRIOR)
    assert chance_of_mean(differences, n_all, 0.5) == pytest.approx(expected)


def test_what_says_nothing_leaves_every_chance() -> None:
    assert chance_of_mean(np.array([]), 20) == 1
    assert chance_of_mean(np.array([-0.5]), 20) == 1
    assert chance_of_mean(np.full(6, -0.5), 20) == 1  # they do not show how much others vary
    assert chance_of_mean(np.full(6, -0.5), 20, 0.0) == 0  # but others do: not at all
    assert chance_of_mean(np.zeros(6), 20, 0.0, more=0.1) == 1
    assert chance_of_pairs(0, 0, 10, 20) == chance_of_pairs(5, 0, 10, 20) == 1


def pairs_by_counting(wins: int, losses: int, n: int, n_all: int) -> float:
    """The same, over all numbers of cases that differ and are won."""
    left, differ = n_all - n, wins + losses
    return sum(
        float(
            stats.betabinom.pmf(m, left, differ + 1, n - differ + 1)
            * stats.betabinom.pmf(won, m, wins + 1, losses)
        )
        for m in range(left + 1)
        for won in range(m + 1)
        if wins + won > losses + m - won
    )


@pytest.mark.parametrize(("wins", "losses", "n"), [(0, 1, 5), (0, 4, 10), (3, 5, 20), (7, 2, 20), (4, 5, 29)])
def test_pairs(wins: int, losses: int, n: int) -> None:
    assert chance_of_pairs(wins, losses, n, 30) == pytest.approx(pairs_by_counting(wins, losses, n, 30))


def test_many_pairs_are_a_sign_test() -> None:
    expected = stats.binom.cdf(4, 16, 0.5)
    assert chance_of_pairs(4, 12, 60, 5000) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("n", [4, 8, 12, 17, 21, 25])
@pytest.mark.parametrize("level", [0.007, 0.02, 0.05])
def test_pairs_hardly_err_more_often_than_they_say(n: int, level: float) -> None:
    n_all = 30
    for lost in range(8):
        won = lost + 1  # of all cases: the candidate is ahead by the least there is
        err = 0.0
        for wins, losses in product(range(min(won, n) + 1), range(min(lost, n) + 1)):
            others = n - wins - losses
            if 0 <= others <= n_all - won - lost and chance_of_pairs(wins, losses, n, n_all) < level:
                ways = math.comb(won, wins) * math.comb(lost, losses) * math.comb(n_all - won - lost, others)
                err += ways / math.comb(n_all, n)
        assert err <= 1.15 * level
