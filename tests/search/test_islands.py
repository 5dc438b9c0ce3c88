"""Islands draws from everything that is ``ok``."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.islands import Islands
from evo.testing import SearchContract


class TestIslands(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Islands(n_islands=2, run_seed=run_seed)
