"""Greedy draws from everything that is ``ok``."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.greedy import Greedy
from evo.testing import SearchContract


class TestGreedy(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Greedy(run_seed=run_seed)
