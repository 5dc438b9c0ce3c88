"""A failure is explained before there is a new plan, and the nearest step comes first."""

import asyncio

from evo.design.catalogue.planning.deps import Deps
from evo.design.situation import Situation
from evo.testing.agents import ModelCall, ScriptedModel


def reply(call: ModelCall) -> str:
    if call.role == "selector":
        return "2"
    if call.role == "explainer":
        return "There is no axe."
    if "There is no axe" in call.text:
        return "1. make an axe\n2. find a stick"
    return "1. chop the tree\n2. walk to the tree\n3. rest"


def test_the_nearest_step_comes_first_and_the_others_keep_their_order() -> None:
    model = ScriptedModel(reply)
    plan = asyncio.run(Deps(6, "model", model).plan("get wood", "a meadow", ()))
    assert plan.steps == ("walk to the tree", "chop the tree", "rest")
    assert [call.role for call in model.calls] == ["planner", "selector"]


def test_a_failure_is_explained_before_it_is_planned_around() -> None:
    model = ScriptedModel(reply)
    planner = Deps(6, "model", model)
    asyncio.run(planner.plan("get wood", "a meadow", ()))
    plan = asyncio.run(planner.revise("chop the tree: your hands hurt"))
    assert plan.steps == ("find a stick", "make an axe")
    assert [call.role for call in model.calls[2:]] == ["explainer", "planner", "selector"]
    assert "your hands hurt" in model.calls[2].text
    assert "chop the tree" in model.calls[2].text


def test_words_select_without_a_model() -> None:
    model = ScriptedModel(["1. chop wood\n2. sit on the big stone\n3. rest"])
    plan = asyncio.run(Deps(6, "words", model).plan("get wood", "a big stone", ()))
    assert plan.steps == ("sit on the big stone", "chop wood", "rest")
    assert len(model.calls) == 1


def test_what_is_nearest_is_told_by_what_is_seen_now() -> None:
    model = ScriptedModel(["1. take the axe\n2. drink from the well"])
    planner = Deps(6, "words", model)
    asyncio.run(planner.plan("live", "an axe", ()))
    plan = asyncio.run(planner.revise(Situation(seen="a well", feedback="no axe").text()))
    assert plan.steps[0] == "drink from the well"


def test_a_silent_model_changes_nothing() -> None:
    planner = Deps(6, "model", ScriptedModel())
    assert asyncio.run(planner.plan("", "", ())).steps == ()
    assert asyncio.run(planner.revise("")).steps == ()
