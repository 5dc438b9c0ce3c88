from collections import Counter

import numpy as np
import pytest

from evo.search.seeding import distinct_below, generator, judge_seed, task_seed, weighted, weighted_distinct


def test_seeds_depend_on_all_that_they_are_made_of() -> None:
    seeds = [task_seed(generator(*key)) for key in ((0, 0), (0, 1), (1, 0), (0, 0, 1))]
    assert len(set(seeds)) == 4
    assert task_seed(generator(0, 0)) == seeds[0]
    judged = [judge_seed(*key) for key in ((0, "a", "s"), (1, "a", "s"), (0, "b", "s"), (0, "a", "t"))]
    assert len(set(judged)) == 4
    assert judge_seed(0, "a", "s") == judged[0]
    assert all(0 <= seed < 2**63 for seed in seeds + judged)


def test_judge_seeds_are_the_same_on_every_machine() -> None:
    # A changed value would judge a resumed run's candidates on other inputs.
    assert judge_seed(7, "0123456789abcdef", "search") == 4101512359863084731


@pytest.mark.parametrize("n", [0, 1, 3, 9])
def test_distinct_below(n: int) -> None:
    counts: Counter[int] = Counter()
    for number in range(800):
        chosen = distinct_below(np.random.default_rng(number), 5, n)
        assert len(set(chosen)) == len(chosen) == min(n, 5)
        counts.update(chosen)
    assert set(counts) <= set(range(5))
    for count in counts.values():
        assert count == pytest.approx(800 * min(n, 5) / 5, rel=0.25)


def test_weighted_draws() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(weighted(rng, [1.0, 0.0, 3.0]) for _ in range(2000))
    assert set(counts) == {0, 2}
    assert counts[2] / 2000 == pytest.approx(0.75, abs=0.04)
    assert sorted(weighted_distinct(rng, [1.0, 0.0, 3.0], 5)) == [0, 2]
    assert weighted_distinct(rng, [], 2) == []
