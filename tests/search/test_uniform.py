import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.uniform import Uniform
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE, World
from evo.types import Evaluation, OperatorShare


class TestUniform(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Uniform(run_seed=run_seed)


def test_every_ok_candidate_is_drawn_alike() -> None:
    plan = dataclasses.replace(ONE_STAGE, frontier=10_000, operators={"change": OperatorShare()})
    search, world = Uniform(0, plan), World(lost=0, repeating=0)
    for _ in range(20):
        world.step(search)
    ok = {e.candidate for e in world.journal if isinstance(e, Evaluation) and e.status == "ok"}
    counts = Counter(task.parents[0] for task in search.ask(2000))
    assert set(counts) == ok
    assert min(counts.values()) > 0.6 * 2000 / len(ok)
