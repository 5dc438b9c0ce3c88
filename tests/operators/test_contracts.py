"""Every operator that comes with evo holds to the operators' contract."""

from collections.abc import Callable

import pytest

from evo.operators.ast_crossover import AstCrossover
from evo.operators.ast_mutate import AstMutate
from evo.operators.seed import Seed
from evo.operators.tune import Tune
from evo.roles import Operator
from evo.testing import OperatorContract
from evo.types import Problem


class TestSeedContract(OperatorContract):
    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return Seed


class TestAstMutateContract(OperatorContract):
    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return AstMutate


class TestAstCrossoverContract(OperatorContract):
    n_tasks = 25  # two relatives differ in few lines, so there are not many more children

    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return AstCrossover


class TestTuneContract(OperatorContract):
    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return Tune
