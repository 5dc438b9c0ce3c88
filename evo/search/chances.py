"""What the cases seen so far leave to hope for: the chance to end above another candidate."""

import math
from functools import lru_cache

import numpy as np

PRIOR = 8
"""Differences that the prior on their variance is worth. With more of them candidates stop sooner, and one that is
unlike all others, whose differences vary more, is stopped too often: see the tests of `evo.search.racing`."""

_MANY = 200
"""Degrees of freedom from which on Student's distribution is taken for the normal one."""

_NEVER = 1e-12
"""Numbers of cases that are less likely are left out."""


def chance_of_mean(
    differences: np.ndarray, n_all: int, variance: float = math.inf, more: float = 0.0
) -> float:
    """The posterior probability that the mean difference over all cases is above `more`.

    Args:
        differences: ``[n]`` of the cases seen.
        n_all: how many cases there are.
        variance: of such differences, as far as others show; infinite if nothing is known.
        more: in the unit of the differences.

    Returns:
        In [0, 1]; 1 if there is too little to say anything.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), 3.3 and 8.3 (conjugate normal model, finite
    populations).
    """
    n = len(differences)
    weight = PRIOR if math.isfinite(variance) else 0
    freedom = weight + n - 1
    if n == 0 or freedom < 1:
        return 1.0
    mean = float(differences.mean())
    squares = float(((differences - mean) ** 2).sum()) + (weight * variance if weight else 0.0)
    unseen = max(1 / n - 1 / n_all, 0.0)
    if unseen > 0 and squares == 0 and not weight:
        return 1.0  # equal differences so far do not show how much others vary
    scale = math.sqrt(squares / freedom * unseen)
    if scale == 0:
        return float(mean >= 0)
    return student((mean - more) / scale, freedom)


@lru_cache(maxsize=4096)
def chance_of_pairs(wins: int, losses: int, n: int, n_all: int) -> float:
    """The posterior probability of more wins than losses over all cases.

    How many of the cases not seen differ has a beta-binomial distribution, from a flat prior on the share of the
    cases that differ. Who wins one of those has a Beta(wins + 1, losses) distribution: its prior favours the
    candidate just so much that for infinitely many cases the probability is the level of the exact sign test.

    Args:
        wins: cases where the candidate was right and the other wrong.
        losses: where it was the other way round.
        n: how many cases both saw.
        n_all: how many cases there are.
    """
    if losses == 0:
        return 1.0
    left, differ = n_all - n, wins + losses
    numbers = np.arange(left + 1)
    total = 0.0
    for m, likely in enumerate(beta_binomial(numbers, left, differ + 1, n - differ + 1)):
        needed = max((losses - wins + m) // 2 + 1, 0)
        if likely > _NEVER and needed <= m:
            total += float(likely * beta_binomial(numbers[needed : m + 1], m, wins + 1, losses).sum())
    return min(total, 1.0)


def beta_binomial(k: np.ndarray, n: int, a: int, b: int) -> np.ndarray:
    """Probabilities of each of `k` successes in `n` tries, each successful with a Beta(a, b) distributed chance.

    Args:
        k: ``[m]`` whole numbers from 0 to n.
        n: tries.
        a: whole, at least 1.
        b: whole, at least 1.
    """
    log = _log_factorials(n + a + b)
    ways = log[n] - log[k] - log[n - k]
    chances = log[a + k - 1] + log[b + n - k - 1] - log[a + b + n - 1]
    found: np.ndarray = np.exp(ways + chances - (log[a - 1] + log[b - 1] - log[a + b - 1]))
    return found


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


@lru_cache(maxsize=64)
def _log_factorials(n: int) -> np.ndarray:
    """``[n + 1]`` logarithms of the factorials of 0 to n."""
    found: np.ndarray = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    return found
