"""Where every random decision comes from: the run's seed and what the decision is about.

Nothing here has a memory, so a resumed run draws what the uninterrupted one would have drawn.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np


def generator(run_seed: int, number: int, stream: int = 0) -> np.random.Generator:
    """The generator for all draws of task `number`. Costs about 15 µs.

    Args:
        run_seed: at least 0.
        number: at least 0; of a task, or whatever else tells decisions of one stream apart.
        stream: at least 0; keeps decisions that are no tasks independent of those that are.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((run_seed, number, stream))))


def task_seed(rng: np.random.Generator) -> int:
    """A seed for the operator, in [0, 2**63) so that it also fits a signed 64-bit column."""
    return int(rng.integers(1 << 63))


def judge_seed(run_seed: int, candidate: str, stage: str) -> int:
    """A seed for the judge, in [0, 2**63).

    It depends on what is judged and not on when, so that a repeated evaluation is the same one.
    """
    text = f"{run_seed}:{candidate}:{stage}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def below(rng: np.random.Generator, n: int) -> int:
    """A uniform integer in [0, n); ten times cheaper than ``rng.integers`` for one number."""
    return min(int(rng.random() * n), n - 1)


def weighted(rng: np.random.Generator, weights: Sequence[float]) -> int:
    """An index drawn with probability proportional to `weights`, ``[n]``, at least one above 0."""
    sums = list(accumulate(weights))
    return min(bisect_right(sums, rng.random() * sums[-1]), len(sums) - 1)


def weighted_distinct(rng: np.random.Generator, weights: Sequence[float], n: int) -> list[int]:
    """Up to `n` distinct indices, each drawn in proportion to the weights of those that are left."""
    left = list(weights)
    chosen: list[int] = []
    while len(chosen) < n and any(weight > 0 for weight in left):
        index = weighted(rng, left)
        chosen.append(index)
        left[index] = 0.0
    return chosen


def distinct_below(rng: np.random.Generator, size: int, n: int) -> list[int]:
    """Up to `n` distinct integers in [0, size), in random order; meant for small `n`."""
    chosen: list[int] = []
    for left in range(size, max(size - n, 0), -1):
        place = below(rng, left)
        for taken in sorted(chosen):  # counts only those not chosen yet
            place += place >= taken
        chosen.append(place)
    return chosen
