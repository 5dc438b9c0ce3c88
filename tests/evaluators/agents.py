"""A world of places and designs that walk in it: what the tests of the agent evaluator share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evo import Case, Evaluation, Problem, Stage
from evo.design.contracts import Seen
from evo.design.environment import Opening
from evo.llm.question import Question, Said, counted
from evo.types import EvaluateTask

WAYS: Mapping[str, Sequence[str]] = {
    "hall": ("go east", "go west"),
    "kitchen": ("go west", "open fridge"),
    "garden": ("go east",),
}
MOVES = {("hall", "go east"): "kitchen", ("hall", "go west"): "garden"}
MOVES |= {("kitchen", "go west"): "hall", ("garden", "go east"): "hall"}

HEAD = """import asyncio

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
"""


def solving(body: str) -> str:
    """An open workflow with this body."""
    return HEAD + body.lstrip("\n")


WALK = solving(
    """
    seen = await agent.world.step("go east")
    assert "open fridge" in await agent.world.actions(), seen.text
    seen = await agent.world.step("open fridge")
    return Answer(f"done: {seen.done}")
"""
)


class Rooms:
    """Three rooms; opening the fridge in the kitchen is worth 1, if the case is not locked."""

    def reset(self, case: Case, seed: int) -> Opening:
        self.case, self.place, self.taken, self.score = case, "hall", [], 0.0
        return Opening("Open the fridge.", f"You are in the hall. Seed {seed}.")

    def step(self, action: str) -> Seen:
        self.taken.append(action)
        if action not in self.actions():
            return Seen("Nothing happens.")
        if action == "open fridge":
            self.score = float(not self.case.expected)
            return Seen("It is open.", self.score, True)
        self.place = MOVES[self.place, action]
        return Seen(f"You are in the {self.place}.")

    def actions(self) -> Sequence[str]:
        return WAYS[self.place]

    def result(self, answer: str) -> Evaluation:
        return Evaluation.ok(self.score, moves=float(len(self.taken)))

    def close(self) -> None:
        pass


def echo(question: Question) -> str:
    """Answers with the last word that it was told."""
    return question.messages[-1][1].split()[-1]


def dear(question: Question) -> Said:
    """The same, for a dollar and a second, it says."""
    return replace(counted(question, echo(question)), usd=1.0, seconds=1.0)


def right(answer: str, case: Case) -> Evaluation:
    return Evaluation.ok(float(answer.strip() == case.expected))


HERE = "tests/evaluators/agents.py"
OPTIONS: Mapping[str, Any] = {"world": f"{HERE}:Rooms", "design": {"world": ["restart"]}}
ASKING: Mapping[str, Any] = {"design": {"models": ["small"]}, "models": {"small": {"rule": f"{HERE}:echo"}}}


def open_design(workflow: str = WALK, **slots: str) -> dict[str, str]:
    """The files of a design with an open workflow."""
    lines = ["slots:", "  workflow: workflow.py", *(f"  {slot}: {node}" for slot, node in slots.items())]
    return {"design.yaml": "\n".join(lines) + "\n", "workflow.py": workflow}


def rooms(n: int = 2, options: Mapping[str, Any] = OPTIONS, **fields: Any) -> Problem:
    cases = [Case(f"s{i}") for i in range(n)]
    stage = Stage(timeout_s=5.0 * n)
    given = {
        "name": "rooms",
        "statement": "Open it.",
        "seeds": [open_design()],
        "cases": cases,
        "stages": (stage,),
    }
    return Problem(evaluator="evaluators/agent.py:Agent", options=options, **{**given, **fields})


def questions(n: int = 2, options: Mapping[str, Any] = ASKING, **fields: Any) -> Problem:
    cases = [Case(f"q{i}", {"question": f"Say number {i}"}, expected=str(i)) for i in range(n)]
    return rooms(n, options, **{"name": "questions", "cases": cases, "score": right, **fields})


def task(files: Mapping[str, str], stage: str = "search", seed: int = 1) -> EvaluateTask:
    return EvaluateTask("a" * 16, stage, 1, seed, files)
