import pytest

from evo.search.frontier import Frontier, Waiting
from evo.types import Plan

PLAN = Plan(stages=("a", "b"), keep=(0.25, 1.0))


def order(frontier: Frontier) -> list[int]:
    return [entry.index for entry in frontier.waiting()]


def test_later_stages_first_then_first_in_first_out() -> None:
    frontier = Frontier(PLAN)
    for index, stage in ((0, 0), (1, 1), (2, 0), (3, 1)):
        frontier.add(index, stage)
    assert order(frontier) == [1, 3, 0, 2]
    assert frontier.n_waiting == 4


def test_what_is_handed_out_is_not_offered_until_it_is_added_again() -> None:
    frontier = Frontier(PLAN)
    frontier.add(0, 0)
    frontier.add(1, 0)
    first = next(frontier.waiting())
    frontier.hand_out(first)
    assert order(frontier) == [1]
    frontier.add(0, 0, attempt=2)
    assert list(frontier.waiting()) == [Waiting(1, 0, 1), Waiting(0, 0, 2)]


def test_a_candidate_is_in_one_place_only() -> None:
    frontier = Frontier(PLAN)
    frontier.add(0, 0)
    frontier.add(0, 1)
    assert list(frontier.waiting()) == [Waiting(0, 1, 1)]
    frontier.drop(0)
    frontier.drop(0)
    assert frontier.n_waiting == 0


@pytest.mark.parametrize("keep", [1.0, 0.5, 0.01])
def test_of_falling_scores_the_best_share_climbs(keep: float) -> None:
    frontier = Frontier(Plan(stages=("a", "b"), keep=(keep, 1.0)))
    climbs = [frontier.climbs(index, 0, -float(index), always=False) for index in range(50)]
    assert climbs == [keep == 1.0 or index == 0 for index in range(50)]


def test_rising_scores_all_climb_and_equal_ones_too() -> None:
    frontier = Frontier(PLAN)
    assert all(frontier.climbs(index, 0, float(index // 3), always=False) for index in range(30))


def test_in_random_order_about_the_kept_share_climbs() -> None:
    frontier = Frontier(PLAN)
    scores = [float(i * 7919 % 1009) for i in range(1000)]
    n = sum(frontier.climbs(index, 0, score, always=False) for index, score in enumerate(scores))
    assert 230 <= n <= 290


def test_seeds_always_climb_and_nobody_climbs_past_the_last_stage() -> None:
    frontier = Frontier(PLAN)
    frontier.climbs(0, 0, 5.0, always=False)
    frontier.climbs(1, 0, 6.0, always=False)
    assert not frontier.climbs(2, 0, 1.0, always=False)
    assert frontier.climbs(3, 0, 0.0, always=True)
    assert not frontier.climbs(3, 1, 9.0, always=True)
