"""All tree searches keep to the contract of searches, with and without a value model."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.screen import MOST
from evo.search.tree import Tree
from evo.search.tree_mixed import MixedTree
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE, World
from evo.types import Plan

from .oracle import Oracle
from .test_screen import quality


class TestTree(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Tree(run_seed=run_seed)


class TestAFlow(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: MixedTree(run_seed=run_seed, best=4)


class TestAgentSwiftWithoutModel(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: MixedTree(run_seed=run_seed, curiosity=0.3, chain=3)


class _Screened(SearchContract):
    surplus = MOST

    def with_plan(self, search: Search, plan: Plan) -> Search:
        kind = type(search)
        return kind(search.run_seed, plan, Oracle(quality, 0.1), chain=3)  # type: ignore[attr-defined, call-arg]

    def test_never_more_candidates_wait_than_the_frontier_holds(self, make: Callable[[int], Search]) -> None:
        """Those that were dropped do not wait."""
        search, world = self.with_plan(make(16), ONE_STAGE), World(lost=0, repeating=0)
        screen = search._core.screen  # type: ignore[attr-defined]
        for _ in range(60):
            world.tell(search, world.answers(*search.ask(40)))
            world.tell(search, map(world.judge, search.choose(2)))
            assert screen.n_waiting <= MOST * ONE_STAGE.frontier
        assert screen.n_dropped > 50


class TestTreeWithModel(_Screened):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Tree(run_seed=run_seed, value=Oracle(quality, 0.1), chain=3)


class TestAgentSwift(_Screened):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: MixedTree(
            run_seed=run_seed, curiosity=0.3, value=Oracle(quality, 0.1), chain=3
        )
