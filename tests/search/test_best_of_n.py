"""BestOfN draws from everything that is ``ok``."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.best_of_n import BestOfN
from evo.testing import SearchContract


class TestBestOfN(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: BestOfN(run_seed=run_seed)
