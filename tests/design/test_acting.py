"""One action: the guard comes first, then the tool or the world, and the memory hears of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from evo.design.acting import REFUSED, act, as_call, nearest
from evo.design.catalogue.memory.window import Window
from evo.design.contracts import Allow, Call, Deny, Replace, Seen, Spec
from evo.design.talk import spelled
from evo.testing.agents import ScriptedWorld, make_agent

WAYS = {"start": {"go north": "goal", "go south": "start"}}


class Fixed:
    """A guard that always says the same."""

    def __init__(self, verdict: Allow | Deny | Replace) -> None:
        self.verdict = verdict
        self.traces: list[Sequence[Call]] = []

    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        self.traces.append(trace)
        return self.verdict


class Echo:
    """Tools that say what they were asked."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        return f"{name} {dict(arguments)}"


def test_an_action_of_the_world() -> None:
    agent = make_agent(world=ScriptedWorld(WAYS), memory=Window(size=8))
    trace: list[Call] = []
    seen = asyncio.run(act(agent, Call("go north"), trace))
    assert seen == Seen("goal", 1.0, True)
    assert trace == [Call("go north")]
    assert asyncio.run(agent.memory.read("")) == "action: go north\nobservation: goal"


def test_a_tool() -> None:
    agent = make_agent(world=ScriptedWorld(WAYS), tools=Echo(), memory=Window(size=8))
    seen = asyncio.run(act(agent, Call("add", {"a": 1}), [], tools={"add"}))
    assert seen == Seen("add {'a': 1}")
    assert agent.world.taken == []
    assert asyncio.run(agent.memory.read("")) == "action: add {\"a\": 1}\nobservation: add {'a': 1}"


def test_what_is_denied_is_not_done() -> None:
    guard = Fixed(Deny("too far"))
    agent = make_agent(world=ScriptedWorld(WAYS), guard=guard, memory=Window(size=8))
    trace = [Call("look")]
    seen = asyncio.run(act(agent, Call("go north"), trace))
    assert seen.text == f"{REFUSED}go north. too far"
    assert agent.world.taken == []
    assert trace == [Call("look")]
    assert guard.traces == [(Call("look"),)]
    assert asyncio.run(agent.memory.read("")) == f"feedback: {seen.text}"


def test_what_is_replaced_is_done_instead() -> None:
    agent = make_agent(
        world=ScriptedWorld(WAYS), guard=Fixed(Replace(Call("go south"))), memory=Window(size=8)
    )
    trace: list[Call] = []
    seen = asyncio.run(act(agent, Call("go north"), trace))
    assert (seen.text, agent.world.taken, trace) == ("start", ["go south"], [Call("go south")])
    assert "go north was replaced by go south." in asyncio.run(agent.memory.read(""))


def test_a_text_names_a_call() -> None:
    actions, tools = ("go north", "take key"), (Spec("add", "", {"a": "", "b": ""}),)
    assert as_call("Go north.", actions, tools) == Call("go north")
    assert as_call("I take key first", actions, tools) == Call("take key")
    assert as_call("2", actions, tools) == Call("take key")
    assert as_call("CALL add(1, 2)", actions, tools) == Call("add", {"a": 1, "b": 2})
    assert as_call(spelled(Call("add", {"a": 1})), actions, tools) == Call("add", {"a": 1})
    assert as_call("add", actions, tools) == Call("add")
    assert as_call("CALL fly(1)", actions, tools) is None
    assert as_call("", actions, tools) is None
    assert as_call("go", ()) is None


def test_the_nearest_action_shares_words() -> None:
    assert nearest("take the small key", ("go north", "take key")) == "take key"
    assert nearest("sing", ("go north", "take key")) is None
    assert nearest("sing", ()) is None
