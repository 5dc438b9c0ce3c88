"""Operators that ask a model hold to the operators' contract, with a model that answers by the prompt and the seed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from evo.llm import LanguageModels, LlmSettings
from evo.operators.llm.crossover import LlmCrossover
from evo.operators.llm.diff import LlmDiff
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.rewrite import LlmRewrite
from evo.operators.llm.start import LlmStart
from evo.roles import Operator
from evo.testing import OperatorContract
from evo.testing.model_server import Answer, ModelServer
from evo.types import Attempt, Event, Problem, ProposeTask, Reply
from tests.operators.llm.replies import improve


def by_seed(request: Mapping[str, Any], _: int) -> Answer:
    """The same question with the same seed gets the same answer."""
    return improve(request, int(request.get("seed") or 0))


async def nowhere(reply: Reply) -> None:
    """Nothing is kept: each question is asked again."""


@dataclass
class Alone:
    """An operator with models of its own for each call, for each has an event loop of its own."""

    factory: Callable[..., Any]
    problem: Problem
    url: str
    notebook: Notebook = field(init=False)

    def __post_init__(self) -> None:
        self.notebook = Notebook(self.problem)
        settings = LlmSettings.of({"model": "local", "base_url": self.url})
        self.n_parents = self.factory(
            self.problem, LanguageModels(settings, nowhere), self.notebook
        ).n_parents

    def tell(self, event: Event) -> None:
        self.notebook.tell(event)

    async def __call__(self, task: ProposeTask) -> Attempt:
        settings = LlmSettings.of({"model": "local", "base_url": self.url})
        models = LanguageModels(settings, nowhere)
        try:
            made: Attempt = await self.factory(self.problem, models, self.notebook)(task)
            return made
        finally:
            await models.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ModelServer(by_seed) as server:
        yield server.url


class LlmOperatorContract(OperatorContract):
    factory: Callable[..., Any]
    n_tasks = 8

    @pytest.fixture
    def make(self, url: str) -> Callable[[Problem], Operator]:
        return lambda problem: Alone(type(self).factory, problem, url)


class TestLlmDiffContract(LlmOperatorContract):
    factory = partial(LlmDiff, novelty=1.0)  # the contract wants each child


class TestLlmRewriteContract(LlmOperatorContract):
    factory = partial(LlmRewrite, novelty=1.0)  # the contract wants each child


class TestLlmCrossoverContract(LlmOperatorContract):
    factory = partial(LlmCrossover, novelty=1.0)  # the contract wants each child


class TestLlmStartContract(LlmOperatorContract):
    factory = LlmStart
