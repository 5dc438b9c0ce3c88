"""The refiner mends what the verifier finds; what passes is left alone."""

import asyncio

from evo.design.catalogue.workflow.malt import Malt
from evo.design.contracts import Task
from evo.testing.agents import ModelCall, ScriptedModel, make_agent
from tests.design.catalogue.thinkers import Thinker


def reply(call: ModelCall) -> str:
    if call.role == "verifier":
        if "Proposed answer: 6" in call.text:
            return "All steps hold.\nAnswer: correct"
        return "The carry is wrong.\nAnswer: wrong"
    return "With the carry:\nAnswer: 6" if "The carry is wrong" in call.text else "Answer: 0"


def solve(model: ScriptedModel, first: str, rounds: int = 3, paths: int = 1, stop: bool = True) -> str:
    thinker = Thinker([first])
    workflow = Malt(paths, rounds, stop, thinker, model)
    return asyncio.run(workflow.solve(Task("1+5"), make_agent(reasoning=thinker, model=model))).text


def test_criticism_reaches_the_refiner() -> None:
    model = ScriptedModel(reply)
    assert solve(model, "5") == "6"
    assert [call.role for call in model.calls] == ["verifier", "refiner", "verifier"]


def test_what_passes_is_not_refined() -> None:
    model = ScriptedModel(reply)
    assert solve(model, "6") == "6"
    assert [call.role for call in model.calls] == ["verifier"]
    model = ScriptedModel(reply)
    solve(model, "6", rounds=1, stop=False)
    assert [call.role for call in model.calls] == ["verifier", "refiner"]


def test_a_refiner_without_an_answer_changes_nothing() -> None:
    assert solve(ScriptedModel(), "5") == "5"


def test_paths_vote() -> None:
    model = ScriptedModel(reply)
    assert solve(model, "5", rounds=1, paths=3) == "6"
    assert len(model.calls) == 6
