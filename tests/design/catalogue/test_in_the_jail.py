"""Workflows of teams and planners that search do in the jail what they do outside of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from evaluators.agent import Agent
from tests.evaluators.agents import ASKING, OPTIONS, questions, rooms, task

BOTH: dict[str, Any] = {
    **ASKING,
    **OPTIONS,
    "design": {"models": ["small"], "world": ["restart"]},
}

TEAMS = ("vote", "debate", "malt", "centralised", "decentralised", "hybrid", "dylan", "recursive")


def design(**slots: str) -> dict[str, str]:
    return {"design.yaml": "slots:\n" + "".join(f"  {slot}: {node}\n" for slot, node in slots.items())}


@pytest.fixture(scope="module")
def asked() -> Iterator[Agent]:
    agent = Agent(questions(1), **ASKING)
    yield agent
    agent.close()


@pytest.fixture(scope="module")
def walked() -> Iterator[Agent]:
    agent = Agent(rooms(1, BOTH), **BOTH)
    yield agent
    agent.close()


@pytest.mark.parametrize("name", TEAMS)
def test_teams_answer(asked: Agent, name: str) -> None:
    verdict = asked(task(design(workflow=name, reasoning="direct", model="small")))
    assert verdict.status == "ok", verdict.feedback
    assert verdict.metrics["calls"] >= 2


@pytest.mark.parametrize("name", ["tree_search", "a_star"])
def test_the_search_opens_the_fridge(walked: Agent, name: str) -> None:
    verdict = walked(task(design(workflow="plan_then_act", planning=name)))
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert verdict.metrics["restarts"] >= 1


@pytest.mark.parametrize("name", ["tree_search_rated", "deps", "simulate", "tool_chain", "task_list"])
def test_planners_with_a_model_play(walked: Agent, name: str) -> None:
    verdict = walked(task(design(workflow="plan_then_act", planning=name, model="small")))
    assert verdict.status == "ok", verdict.feedback
    assert verdict.metrics["calls.planning"] >= 1
