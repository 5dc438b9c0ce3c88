"""The searches' mathematics against golden files made by a slow reference (`tests.search.reference`)."""

import dataclasses
import json
from typing import Any

import pytest

from evo.roles import Search
from evo.search.greedy import Greedy
from evo.search.top_k import TopK
from evo.search.weights import exponential_weights, rank_weights
from evo.testing.search import ONE_STAGE, THREE_STAGES
from evo.types import Event
from tests.search import reference

GOLDEN: dict[str, Any] = json.loads(reference.GOLDEN.read_text())


@pytest.fixture(scope="module")
def journals() -> dict[str, list[Event]]:
    return {"one": reference.fixed_journal(ONE_STAGE), "three": reference.fixed_journal(THREE_STAGES)}


def test_the_golden_file_is_what_the_reference_gives() -> None:
    assert json.loads(json.dumps(reference.golden())) == GOLDEN


@pytest.mark.parametrize(("name", "weights"), GOLDEN["rank_weights"].items())
def test_rank_weights(name: str, weights: list[float]) -> None:
    n, pressure = name.split("/")
    assert rank_weights(int(n), float(pressure)) == pytest.approx(weights)


@pytest.mark.parametrize(("name", "weights"), GOLDEN["exponential_weights"].items())
def test_exponential_weights(name: str, weights: list[float]) -> None:
    n, temperature = name.split("/")
    assert exponential_weights(int(n), float(temperature)) == pytest.approx(weights)


@pytest.mark.parametrize("name", ["greedy", "top_k"])
def test_decisions(name: str, journals: dict[str, list[Event]]) -> None:
    plan = dataclasses.replace(ONE_STAGE, frontier=10_000)
    for cut, expected in GOLDEN[name].items():
        search: Search = (
            Greedy(reference.RUN_SEED, plan)
            if name == "greedy"
            else TopK(reference.RUN_SEED, plan, k=5, pressure=1.0)
        )
        for event in journals["one"][: int(cut)]:
            search.tell(event)
        (task,) = search.ask(1)
        assert [task.number, task.operator, list(task.parents), str(task.seed)] == expected


def test_what_waits(journals: dict[str, list[Event]]) -> None:
    for cut, expected in GOLDEN["waiting"].items():
        search = Greedy(0, THREE_STAGES)
        for event in journals["three"][: int(cut)]:
            search.tell(event)
        assert [[t.candidate, t.stage, t.attempt] for t in search.choose(10_000)] == expected
