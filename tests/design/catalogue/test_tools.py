"""Which tools are shown: all, those that fit, those that the model names, those that were of use."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from evo.design.catalogue.tools.all import AllTools
from evo.design.catalogue.tools.by_description import ByDescription
from evo.design.catalogue.tools.by_retrieval import ByRetrieval
from evo.design.catalogue.tools.by_trial import ByTrial
from evo.design.contracts import Spec
from evo.design.tooling import FAILED
from evo.testing.agents import ScriptedModel


class Scripted:
    """A tool that answers from a list, the last again and again, and remembers what it was told."""

    def __init__(self, name: str, purpose: str, *answers: str) -> None:
        self.name, self.purpose, self.answers = name, purpose, list(answers)
        self.situations: list[str] = []

    def given(self, situation: str) -> None:
        self.situations.append(situation)

    async def spec(self) -> Spec:
        return Spec(self.name, self.purpose)

    async def call(self, arguments: Mapping[str, Any]) -> str:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def shelf() -> dict[str, Scripted]:
    tools = (
        Scripted("adder", "adds numbers", "3"),
        Scripted("broken", "does wonders", f"{FAILED}out of order"),
        Scripted("clock", "tells the time and the date", "noon"),
        Scripted("parrot", "says the same", "hello"),
    )
    return {tool.name: tool for tool in tools}


def names(tools: Any, situation: str = "") -> list[str]:
    return [spec.name for spec in asyncio.run(tools.specs(situation))]


def call(tools: Any, name: str, **arguments: Any) -> str:
    text = asyncio.run(tools.call(name, arguments))
    assert isinstance(text, str)
    return text


def test_all_are_shown_and_told_the_situation() -> None:
    members = shelf()
    assert names(AllTools(members), "a hall") == sorted(members)
    assert members["clock"].situations == ["a hall"]


@pytest.mark.parametrize(
    "make",
    [
        AllTools,
        lambda members: ByRetrieval(1, members),
        lambda members: ByTrial(1, 0.5, 3, members),
        lambda members: ByDescription(1, "once", ScriptedModel(), members),
    ],
)
def test_they_are_called_and_an_unknown_one_is_named(make: Any) -> None:
    tools = make(shelf())
    assert call(tools, "parrot") == "hello"
    assert "got 'car'. Tools: adder, broken, clock, parrot." in call(tools, "car")
    assert names(make({})) == []


def test_by_retrieval_shows_what_fits() -> None:
    tools = ByRetrieval(2, shelf())
    assert names(tools, "at what time is it, and which date?")[0] == "clock"
    assert names(tools, "Add these numbers at a time of your own: two numbers") == ["adder", "clock"]
    assert names(tools, "hm") == ["adder", "broken"]


def test_by_trial_drops_what_never_was_of_use() -> None:
    tools = ByTrial(top=4, exploration=0.5, patience=2, members=shelf())
    assert names(tools) == ["adder", "broken", "clock", "parrot"]
    call(tools, "broken")
    assert names(tools) == ["adder", "clock", "parrot", "broken"]
    call(tools, "broken")
    assert names(tools) == ["adder", "clock", "parrot"]
    assert tools.trials["broken"].uses == 0


def test_by_trial_puts_first_what_tells_something_new() -> None:
    tools = ByTrial(top=4, exploration=0.0, patience=10, members=shelf())
    for n in range(4):
        call(tools, "parrot", again="the same")
        call(tools, "clock", n=n)
    assert names(tools) == ["clock", "adder", "broken", "parrot"]
    assert tools.trials["parrot"].uses == 1


def test_by_trial_explores_what_was_not_tried() -> None:
    orders = {}
    for exploration in (0.0, 1.0):
        tools = ByTrial(top=1, exploration=exploration, patience=10, members=shelf())
        for n in range(6):
            call(tools, "adder", n=n)
        orders[exploration] = names(tools)
    assert orders == {0.0: ["adder"], 1.0: ["broken"]}


def test_by_trial_shows_all_again_when_all_have_failed() -> None:
    tools = ByTrial(top=2, exploration=0.5, patience=1, members={"broken": shelf()["broken"]})
    call(tools, "broken")
    assert names(tools) == ["broken"]


def test_by_description_shows_what_the_model_names() -> None:
    model = ScriptedModel(["I would take the Clock, then `adder`. Maybe parrot."])
    tools = ByDescription(top=2, when="once", model=model, members=shelf())
    assert names(tools, "When do we meet?") == ["clock", "adder"]
    assert names(tools, "And where?") == ["clock", "adder"]
    (asked,) = model.calls
    assert all(
        part in asked.text for part in ("When do we meet?", "- broken: does wonders", "at most 2 names")
    )


def test_by_description_may_choose_anew_each_time() -> None:
    model = ScriptedModel(["clock", "parrot"])
    tools = ByDescription(top=1, when="always", model=model, members=shelf())
    assert [names(tools, "a"), names(tools, "b")] == [["clock"], ["parrot"]]


def test_by_description_shows_all_if_the_model_names_none() -> None:
    assert names(ByDescription(2, "once", ScriptedModel([""]), shelf()), "x") == sorted(shelf())
    few = ScriptedModel(["clock"])
    assert names(ByDescription(4, "once", few, shelf()), "x") == sorted(shelf())
    assert few.calls == []
