"""Every value model holds to the contract."""

from collections.abc import Callable

import pytest

from evo.roles import ValueModel
from evo.testing import ValueModelContract
from evo.testing.value_model import Constant, Noise
from evo.types import Plan
from evo.value.ensemble import Ensemble


class TestEnsemble(ValueModelContract):
    @pytest.fixture
    def make(self) -> Callable[[int, Plan], ValueModel]:
        return Ensemble


class TestSmallEnsemble(ValueModelContract):
    """With so little room that it has to choose what it learns from."""

    @pytest.fixture
    def make(self) -> Callable[[int, Plan], ValueModel]:
        return lambda run_seed, plan: Ensemble(
            run_seed, plan, n_trees=12, rows=40, kernel_rows=16, longest=6, window=20
        )


class TestNoise(ValueModelContract):
    learns = False

    @pytest.fixture
    def make(self) -> Callable[[int, Plan], ValueModel]:
        return Noise


class TestConstant(ValueModelContract):
    learns = False

    @pytest.fixture
    def make(self) -> Callable[[int, Plan], ValueModel]:
        return Constant
