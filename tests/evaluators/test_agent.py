"""Agent designs are played in the jail and judged by what their world, and nobody else, says of them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evaluators.agent import Agent
from evo import Problem
from tests.evaluators.agents import open_design, questions, rooms, task

Make = Callable[..., Agent]

ASK = """import asyncio

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    asked = (agent.model.ask(task.goal, role="voter", temperature=0.5) for _ in range(3))
    return Answer((await asyncio.gather(*asked))[0])
"""


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Agent] = []

    def build(problem: Problem, **more: Any) -> Agent:
        made.append(Agent(problem, **{**problem.options, **more}))
        return made[-1]

    yield build
    for evaluator in made:
        evaluator.close()


def test_a_design_plays_every_case_in_the_world(make: Make) -> None:
    verdict = make(rooms(3))(task(open_design()))
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert [case.case for case in verdict.cases] == ["s0", "s1", "s2"]
    assert verdict.metrics["steps"] == verdict.metrics["moves"] == 2
    assert [row["actions"] for row in json.loads(verdict.artefact)] == [["go east", "open fridge"]] * 3


def test_a_design_answers_questions_and_every_call_is_counted_where_it_was_made(make: Make) -> None:
    verdict = make(questions(2))(task(open_design(ASK, model="small")))
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert verdict.metrics["calls"] == verdict.metrics["calls.workflow.voter"] == 3
    assert verdict.usage.tokens_in + verdict.usage.tokens_out == 2 * verdict.metrics["tokens.workflow"] > 0
