"""TopK draws from everything that is ``ok``."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.top_k import TopK
from evo.testing import SearchContract


class TestTopK(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: TopK(run_seed=run_seed)
