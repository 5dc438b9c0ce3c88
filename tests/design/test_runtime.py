"""The runtime hands answers on in the order of the requests, and builds what a recipe says."""

import asyncio
import json
import random
import socket
import struct
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from evo.design.catalogue import Catalogue, ours
from evo.design.contracts import Agent
from evo.design.design import Design
from evo.design.runtime.build import Builder
from evo.design.runtime.loop import ANSWER, FD, REQUEST, Channel, Loop
from evo.design.runtime.recipe import MAIN, program, recipe, texts
from evo.evaluate.inside import child, wire
from tests.evaluators.agents import open_design, solving

HEADER = struct.Struct("<BII")


@pytest.fixture
def judge() -> Iterator[tuple[socket.socket, Channel]]:
    ours_, theirs = socket.socketpair()
    with ours_, theirs:
        yield ours_, Channel(theirs.fileno())


def run(channel: Channel, work: Coroutine[Any, Any, Any]) -> Any:
    loop = Loop(channel)
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def answer(judge: socket.socket, number: int, value: Any) -> None:
    judge.sendall(wire.frame(wire.ANSWER, number, json.dumps(value).encode()))


def test_both_sides_mean_the_same_numbers() -> None:
    assert (REQUEST, ANSWER, FD) == (wire.REQUEST, wire.ANSWER, child.CHANNEL)


def test_answers_are_handed_on_in_the_order_of_the_requests(judge: tuple[socket.socket, Channel]) -> None:
    there, channel = judge
    order: list[str] = []

    async def ask(name: str) -> None:
        order.append(await channel.request(name))
        await asyncio.sleep(0)
        order.append(await channel.request(f"{name} again"))

    for number, value in ((2, "c"), (0, "a"), (1, "b"), (5, "C"), (4, "B"), (3, "A")):
        answer(there, number, value)

    async def all_of_them() -> None:
        await asyncio.gather(*map(ask, "xyz"))

    run(channel, all_of_them())
    assert order == ["a", "b", "c", "A", "B", "C"]
    sent = there.recv(1 << 16)
    assert HEADER.unpack_from(sent) == (wire.REQUEST, 0, 3)
    assert [text for text in sent.decode("latin-1").split('"') if "again" in text] == [
        "x again",
        "y again",
        "z again",
    ]


def test_one_answer_at_a_time_so_that_it_does_not_matter_how_they_come(
    judge: tuple[socket.socket, Channel],
) -> None:
    there, channel = judge
    order: list[str] = []

    async def ask(name: str, pauses: int) -> None:
        await channel.request(name)
        for _ in range(pauses):
            await asyncio.sleep(0)
        order.append(name)

    answer(there, 0, 1)
    answer(there, 1, 1)

    async def both() -> None:
        await asyncio.gather(ask("slow", 5), ask("quick", 0))

    run(channel, both())
    assert order == ["slow", "quick"]  # all that came of the first answer came before the second


def test_a_request_that_was_given_up_is_answered_to_nobody(judge: tuple[socket.socket, Channel]) -> None:
    there, channel = judge

    async def some() -> object:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(channel.request("first"), 0.01)
        answer(there, 0, "late")
        answer(there, 1, "in time")
        return await channel.request("second")

    assert run(channel, some()) == "in time"


def test_an_agent_that_waits_for_nothing_is_told_so(judge: tuple[socket.socket, Channel]) -> None:
    _, channel = judge
    with pytest.raises(RuntimeError, match="cannot come"):
        run(channel, asyncio.Event().wait())


def test_a_judge_that_is_gone_ends_the_wait(judge: tuple[socket.socket, Channel]) -> None:
    there, channel = judge

    async def ask() -> None:
        await channel.request("?")

    there.shutdown(socket.SHUT_WR)
    with pytest.raises(RuntimeError, match="gone"):
        run(channel, ask())


def designed(files: dict[str, str]) -> Design:
    return Design.load(files, Catalogue(ours(), models=["small", "large"]))


def test_a_recipe_names_classes_values_needs_and_models() -> None:
    slots = "workflow: {use: single, calls: 2}\n  reasoning: heuristic\n  tools: {use: all, calculator: true}"
    files = {"design.yaml": f"slots:\n  {slots}\n"}
    made = recipe(designed(files))
    assert made["slots"]["workflow"] == {
        "use": "evo.design.catalogue.workflow.single:Single",
        "values": {"calls": 2},
        "needs": ["reasoning"],
        "members": False,
    }
    assert made["models"][""] == "none"
    assert made["open"] == ""


def test_an_open_workflow_is_a_function_and_its_model_is_its_nodes() -> None:
    ask = solving("    return Answer(await agent.model.ask(task.goal))\n")
    design = designed(open_design(ask, model="{use: small, workflow: large}"))
    made = recipe(design)
    assert (made["open"], "workflow" in made["slots"]) == ("workflow.py:solve", False)
    assert made["models"] == {"": "small", "workflow": "large"}
    assert set(program(design)) == {MAIN, "workflow.py"}


def test_what_is_loaded_in_the_jail_is_the_catalogue_and_no_judge() -> None:
    names = texts()
    for entry in ours():
        assert entry.reference.partition(":")[0] in names
    assert all(name.startswith("evo.design.") or name == "evo.errors" for name in names)
    assert not {"evo.design.environment", "evo.design.design", "evo.design.runtime.recipe"} & set(names)


class Stands:
    """Takes whatever it is given."""

    def __init__(self, **given: Any) -> None:
        self.given = given


def order(**more: Any) -> dict[str, Any]:
    return {"use": f"{__name__}:Stands", "values": {}, "needs": [], "members": False, **more}


def test_components_get_what_they_need_and_a_stream_of_their_own(
    judge: tuple[socket.socket, Channel],
) -> None:
    made = {
        "slots": {
            "reasoning": order(needs=["memory", "draw"]),
            "memory": order(values={"size": 3}, needs=["draw", "model", "world"]),
            "tools": order(members=True),
        },
        "tools": {"sum": order(needs=["draw"])},
        "models": {"": "small", "memory": "large"},
        "prompts": {"say": "hello"},
        "open": "",
    }
    builder = Builder(made, judge[1], 7)
    builder._recipe = {**made, "slots": {**made["slots"], "profile": order(), "guard": order()}}
    team: Agent = builder.team()  # type: ignore[assignment]
    reasoning, memory, tools = team.reasoning.given, team.memory.given, team.tools.given  # type: ignore[attr-defined]
    assert reasoning["memory"] is team.memory
    assert memory["size"] == 3
    assert memory["model"]._model == "large"
    assert list(tools["members"]) == ["sum"]
    streams = [reasoning["draw"], memory["draw"], tools["members"]["sum"].given["draw"], team.draw]
    assert len({stream.random() for stream in streams}) == 4
    assert isinstance(team.draw, random.Random)
    again = Builder(builder._recipe, judge[1], 7).team()
    assert (
        again.reasoning.given["draw"].random()
        == Builder(builder._recipe, judge[1], 7).team().reasoning.given["draw"].random()
    )
    assert (
        Builder(builder._recipe, judge[1], 8).team().draw.random()
        != Builder(builder._recipe, judge[1], 7).team().draw.random()
    )
    assert team.prompt("say") == "hello"
    with pytest.raises(KeyError, match="other"):
        team.prompt("other")


def test_components_that_need_each_other_are_refused(judge: tuple[socket.socket, Channel]) -> None:
    slots = {"reasoning": order(needs=["memory"]), "memory": order(needs=["reasoning"])}
    made = {"slots": slots, "tools": {}, "models": {}, "prompts": {}, "open": ""}
    with pytest.raises(ValueError, match="circle: reasoning needs memory needs reasoning"):
        Builder(made, judge[1], 0).team()
