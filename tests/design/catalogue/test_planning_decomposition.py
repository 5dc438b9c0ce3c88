"""The model's list becomes the plan; feedback makes another."""

import asyncio

from evo.design.catalogue.planning.decomposition import Decomposition
from evo.design.contracts import Spec
from evo.design.situation import Situation
from evo.testing.agents import ModelCall, ScriptedModel

TOOLS = (Spec("open door", ""), Spec("take key", ""), Spec("add", "adds", {"a": "a number"}))


def reply(call: ModelCall) -> str:
    if "locked" in call.text:
        return "Sorry! Then:\n1. take key\n2. open door"
    return "1. open door\n2. **go in**\n3. rest"


def test_the_goal_is_split_into_steps() -> None:
    model = ScriptedModel(reply)
    planner = Decomposition(2, model)
    assert asyncio.run(planner.plan("get in", "a door", TOOLS)).steps == ("open door", "go in")
    text = model.calls[0].text
    assert all(part in text for part in ("get in", "a door", "- take key", "- add(a: a number): adds"))
    assert model.calls[0].role == "planner"


def test_feedback_makes_another_plan_that_knows_of_the_first() -> None:
    model = ScriptedModel(reply)
    planner = Decomposition(5, model)
    asyncio.run(planner.plan("get in", "a door", TOOLS))
    assert asyncio.run(planner.revise("it is locked")).steps == ("take key", "open door")
    assert "2. go in" in model.calls[1].text
    assert "- take key" in model.calls[1].text


def test_without_a_word_from_the_model_the_plan_stays() -> None:
    model = ScriptedModel(["1. look", ""])
    planner = Decomposition(5, model)
    plan = asyncio.run(planner.plan("get in", "", ()))
    assert asyncio.run(planner.revise("?")) == plan
    assert asyncio.run(Decomposition(5, ScriptedModel()).plan("", "", ())).steps == ()


def test_actions_are_not_named_twice() -> None:
    model = ScriptedModel(reply)
    state = Situation(seen="a door", actions=("open door", "take key")).text()
    asyncio.run(Decomposition(2, model).plan("get in", state, TOOLS))
    assert model.calls[0].text.count("take key") == 1
