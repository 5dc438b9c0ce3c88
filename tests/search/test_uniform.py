"""Uniform draws from everything that is ``ok``."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.uniform import Uniform
from evo.testing import SearchContract


class TestUniform(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Uniform(run_seed=run_seed)
