"""Splits a question into smaller ones until they can be answered at once, and answers from the parts."""

import asyncio

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task
from evo.design.member import consult, joined, numbered
from evo.design.parameter import Int
from evo.design.replies import listed

DECLARATION = Component(
    slot="workflow",
    name="recursive",
    purpose="splits a question into smaller ones, recursively, and answers from their answers",
    use="Recursive",
    source="Chen et al., On the Design and Analysis of LLM-Based Algorithms (2024), arXiv:2407.14788",
    parameters=(Int("depth", default=2, low=1, high=3), Int("width", default=3, low=2, high=4)),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)

WHOLE = "SOLVE"
"""What the splitter says of a question that is small enough."""


class Recursive:
    """A tree of questions of at most `depth` splits with `width` branches; branches are solved side by side."""

    def __init__(self, depth: int, width: int, reasoning: Reasoning, model: Model) -> None:
        self._depth, self._width, self._model = depth, width, model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The answer to the whole question."""
        return Answer(await self._solved(task.goal, task.context, agent, self._depth))

    async def _solved(self, question: str, context: str, agent: Agent, depth: int) -> str:
        parts = await self._split(question, context) if depth else ()
        if not parts:
            return (await consult(agent, question, context)).text
        answers = await asyncio.gather(*(self._solved(part, context, agent, depth - 1) for part in parts))
        known = [f"{part}\n   {answer}" for part, answer in zip(parts, answers, strict=True)]
        found = f"Answers to parts of the question:\n{numbered(known)}"
        return (await consult(agent, question, joined(context, found))).text

    async def _split(self, question: str, context: str) -> tuple[str, ...]:
        """Two or more smaller questions; empty if it should be answered as it is."""
        prompt = joined(
            f"Question: {question}",
            context,
            f"If it can be answered at once, reply {WHOLE}. Otherwise split it into two to {self._width} smaller "
            "questions that can be answered apart from each other: a numbered list, a line each, nothing else.",
        )
        reply = await self._model.ask(prompt, role="splitter")
        parts = tuple(part for part in listed(reply, self._width) if part != question)
        return () if WHOLE in reply or len(parts) < 2 else parts
