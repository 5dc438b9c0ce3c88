from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.best_of_n import BestOfN
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE, World
from evo.types import Proposal


class TestBestOfN(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: BestOfN(run_seed=run_seed)


def test_every_parent_is_a_seed() -> None:
    search, world = BestOfN(0, ONE_STAGE), World(lost=0, failing=0, repeating=0)
    asked = [task for _ in range(60) for task in world.step(search, 2)[0]]
    seeds = {
        p.candidate.id for p in world.journal if isinstance(p, Proposal) and p.candidate and p.number < 2
    }
    assert {parent for task in asked for parent in task.parents} == seeds


def test_operators_are_told_to_draw_independently() -> None:
    search, world = BestOfN(0, ONE_STAGE), World(lost=0, failing=0, repeating=0)
    asked = [task for _ in range(20) for task in world.step(search, 2)[0]]
    assert all(task.independent for task in asked)
