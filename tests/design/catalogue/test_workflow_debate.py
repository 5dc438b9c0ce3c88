"""Debaters hear each other, stop when they agree, and otherwise a judge decides."""

import asyncio
from typing import Any

from evo.design.catalogue.workflow.debate import Debate
from evo.design.contracts import Task
from evo.testing.agents import ScriptedModel, make_agent
from tests.design.catalogue.thinkers import Thinker


def debate(thinker: Thinker, model: ScriptedModel, **values: Any) -> str:
    options = {"debaters": 3, "rounds": 2, "decision": "judge", "stop_early": True} | values
    workflow = Debate(**options, reasoning=thinker, model=model)
    return asyncio.run(workflow.solve(Task("what is it?"), make_agent(reasoning=thinker, model=model))).text


def convinced(question: str, context: str) -> str:
    """Solver 1 is right; who hears of it agrees."""
    return "cat" if "cat" in context or "solver 1" in context else "dog"


def test_who_hears_the_right_answer_takes_it_up() -> None:
    thinker, model = Thinker(convinced), ScriptedModel(["1"])
    assert debate(thinker, model) == "cat"
    assert len(thinker.asked) == 6  # the second round found them agreed
    assert model.calls == []
    assert "dog" in thinker.asked[3][1]
    assert "solver" not in thinker.asked[3][1]


def test_stop_early_can_be_off() -> None:
    thinker = Thinker(convinced)
    assert debate(thinker, ScriptedModel(), stop_early=False) == "cat"
    assert len(thinker.asked) == 9


def stubborn(question: str, context: str) -> str:
    mine = [name for name in ("ant", "bee") if f"answer was: {name}" in context]
    return mine[0] if mine else ("ant" if "solver 1" in context else "bee")


def test_the_judge_may_side_with_the_minority() -> None:
    model = ScriptedModel(["Number 1."])
    assert debate(Thinker(stubborn), model) == "ant"
    assert [call.role for call in model.calls] == ["judge"]
    assert debate(Thinker(stubborn), ScriptedModel(["hm"])) == "bee"


def test_the_majority_needs_no_judge() -> None:
    model = ScriptedModel(["1"])
    assert debate(Thinker(stubborn), model, decision="majority") == "bee"
    assert model.calls == []
