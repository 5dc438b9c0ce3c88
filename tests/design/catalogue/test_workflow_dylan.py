"""DyLAN drops the useless teammate, stops at agreement, and sends importance back along the ratings."""

import asyncio
import re
from typing import Any

import pytest

from evo.design.catalogue.workflow.dylan import ROLES, Dylan, importance
from evo.design.contracts import Task
from evo.testing.agents import ModelCall, ScriptedModel, make_agent
from tests.design.catalogue.thinkers import Thinker

USELESS = ROLES["mathematician"]


def rule(question: str, context: str) -> str:
    """Nobody agrees at first; the mathematician only ever talks of bananas."""
    if USELESS in context:
        return "banana"
    if "The team has said" in context:
        return "42"
    return "42" if ROLES["analyst"] in context else "41"


def rated(call: ModelCall) -> str:
    """Bananas are useless, everything else is good."""
    lines = re.findall(r"^(\d)\. (.*)$", call.text, re.M)
    return "\n".join(f"{place}: {1 if answer == 'banana' else 4}" for place, answer in lines)


def solve(thinker: Thinker, model: ScriptedModel, **values: Any) -> str:
    options = {"candidates": 4, "team": 3, "layers": 3, "agreement": 0.7} | values
    workflow = Dylan(**options, reasoning=thinker, model=model)
    return asyncio.run(workflow.solve(Task("6*7"), make_agent(reasoning=thinker, model=model))).text


def test_the_useless_teammate_is_dropped() -> None:
    thinker, model = Thinker(rule), ScriptedModel(rated)
    assert solve(thinker, model) == "42"
    contexts = [context for _, context in thinker.asked]
    assert len(contexts) == 4 + 3  # then they agree
    assert sum(USELESS in context for context in contexts) == 1
    assert not any("banana" in context for context in contexts)
    assert {call.role for call in model.calls} == {"analyst", "mathematician", "programmer", "sceptic"}


def test_a_larger_team_keeps_everybody() -> None:
    thinker = Thinker(rule)
    assert solve(thinker, ScriptedModel(rated), team=4) == "42"
    assert sum(USELESS in context for _, context in thinker.asked) == 2


def test_agreement_ends_it_before_anyone_rates() -> None:
    thinker, model = Thinker(["42"]), ScriptedModel(rated)
    assert solve(thinker, model) == "42"
    assert (len(thinker.asked), model.calls) == (4, [])


def test_ratings_that_cannot_be_read_weigh_the_same() -> None:
    thinker, model = Thinker(rule), ScriptedModel(["great work, all of you"])
    solve(thinker, model, layers=2)
    assert not any(ROLES["sceptic"] in context for _, context in thinker.asked[4:])  # equals: the first stay


def test_importance_flows_back_along_the_ratings() -> None:
    first = {"a": {"b": 0.8, "c": 0.2}, "b": {"a": 0.5, "c": 0.5}, "c": {"a": 0.25, "b": 0.75}}
    assert importance([first]) == pytest.approx({"a": 0.75 / 3, "b": 1.55 / 3, "c": 0.7 / 3})
    second = {"a": {"b": 1.0}, "b": {"a": 1.0}}
    # a and b count 1/2 each in both layers, so c, who is not in the second, gives nothing on.
    assert importance([first, second]) == pytest.approx({"a": 0.5 + 0.25, "b": 0.5 + 0.4, "c": 0.1 + 0.25})
