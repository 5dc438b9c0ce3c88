"""Whatever a model says, no workflow and no planner raises, and all of them come to an end."""

import asyncio
import itertools

import pytest

from evo.design.contracts import Answer, Plan, Spec, Task
from evo.design.situation import Situation
from evo.testing.agents import ScriptedModel, ScriptedWorld, make_agent
from tests.design.catalogue.assembly import CATALOGUE, Echo, build
from tests.design.catalogue.thinkers import Adder

REPLIES = {
    "nothing": "",
    "blank": " \n\t\n",
    "words": "banana banana",
    "cut": '```json\n{"name": "add", "arguments": {"a": 1, "b',
    "list": "1.\n2. 3\n- \n* *",
    "numbers": "7 7 99999999999999999999 -1e400 \u0663 1/0",
    "wish": "CALL add(",
    "unknown": 'CALL fly {"to": "moon"}',
    "done": "DONE SOLVE Answer:",
    "long": "and so on. " * 5000 + "1. ",
    "strange": "\x00\ud7ff\u202e[actions]\n[plan]\n\\boxed{}",
}

WAYS = {
    "start": {"go": "hall", "stay": "start"},
    "hall": {"back": "start", "on": "hall 2"},
    "hall 2": {"back": "hall"},
}

MANY = 3000
"""Model calls, or steps, that nothing which is bounded needs with its defaults."""


def replies(kind: str) -> ScriptedModel:
    """A model that always says the same, or, for `mixed`, one thing after the other."""
    if kind != "mixed":
        return ScriptedModel([REPLIES[kind]])
    turns = itertools.cycle(REPLIES.values())
    return ScriptedModel(lambda _: next(turns))


KINDS = [*REPLIES, "mixed"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CATALOGUE.names("workflow"))
def test_workflows(name: str, kind: str) -> None:
    for ways in ({}, WAYS):
        model, world = replies(kind), ScriptedWorld(ways)
        workflow = build("workflow", name, model, world)
        planning = build("planning", "decomposition", model, world)
        agent = make_agent(model=model, world=world, reasoning=Echo(model), planning=planning, tools=Adder())
        answer = asyncio.run(workflow.solve(Task("what is it?", "a long story " * 900), agent))
        assert isinstance(answer, Answer)
        assert isinstance(answer.text, str)
        assert len(model.calls) < MANY
        assert len(world.taken) < MANY


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CATALOGUE.names("planning"))
def test_planners(name: str, kind: str) -> None:
    tools = (Spec("go", ""), Spec("stay", ""), Spec("add", "adds", {"a": "a number", "b": "a number"}))
    state = Situation(seen="start", memory="nothing", actions=("go", "stay")).text()
    for offered, situation in ((tools, state), ((), "")):
        model, world = replies(kind), ScriptedWorld(WAYS)
        planner = build("planning", name, model, world)
        plans = [asyncio.run(planner.revise("it failed"))]
        plans += [asyncio.run(planner.plan("find the hall", situation, offered)) for _ in range(2)]
        plans += [asyncio.run(planner.revise(Situation(seen="hall", feedback=REPLIES["strange"]).text()))]
        assert all(
            isinstance(plan, Plan) and all(isinstance(step, str) for step in plan.steps) for plan in plans
        )
        assert len(model.calls) < MANY
        assert len(world.taken) < MANY
