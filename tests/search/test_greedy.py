import dataclasses
from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.greedy import Greedy
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE, World
from evo.types import Evaluation, OperatorShare


class TestGreedy(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Greedy(run_seed=run_seed)


def test_the_best_is_the_parent_and_chance_decides_between_equals() -> None:
    plan = dataclasses.replace(ONE_STAGE, frontier=1000, operators={"change": OperatorShare()})
    search, world = Greedy(0, plan), World(lost=0, repeating=0, levels=3)
    for _ in range(60):
        world.step(search, 2)
    scores = {
        e.candidate: e.score for e in world.journal if isinstance(e, Evaluation) and e.score is not None
    }
    best = {name for name, score in scores.items() if score == max(scores.values())}
    assert len(best) > 2
    assert {task.parents[0] for task in search.ask(300)} == best
