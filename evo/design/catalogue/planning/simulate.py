"""Looks before it leaps: a model says where each action would lead, and how good that is, before one is taken."""

import asyncio
from collections.abc import Sequence

from evo.design.acting import as_call
from evo.design.component import Component
from evo.design.contracts import Model, Plan, Spec
from evo.design.member import joined
from evo.design.parameter import Int
from evo.design.replies import listed, mark
from evo.design.steps import on_tools
from evo.design.talk import spelled

DECLARATION = Component(
    slot="planning",
    name="simulate",
    purpose="a world model predicts where actions lead, a critic rates it, the best is taken",
    use="Simulate",
    source="Deng et al., SimuRA: A World-Model-Driven Simulative Reasoning Architecture (2025), arXiv:2507.23773",
    parameters=(
        Int("candidates", default=3, low=2, high=8),
        Int("depth", default=1, low=1, high=4),
    ),
    needs=("model",),
)

LONGEST = 1500
"""Letters of a predicted state that are gone on with."""


class Simulate:
    """Follows each of `candidates` first actions for `depth` predicted steps; the best rated way is the plan."""

    def __init__(self, candidates: int, depth: int, model: Model) -> None:
        self._candidates, self._depth, self._model = candidates, depth, model
        self._goal, self._tools = "", tuple[Spec, ...]()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The way whose predicted end is rated best; of equals the one that was proposed first."""
        self._goal, self._tools = goal, tuple(tools)
        first = await self._proposed(state, self._candidates)
        if not first:
            return Plan()
        ways = await asyncio.gather(*(self._followed(state, action) for action in first))
        return Plan(max(ways, key=lambda way: way[1])[0])

    async def revise(self, feedback: str) -> Plan:
        """Simulates anew from what is known now."""
        return await self.plan(self._goal, feedback, self._tools)

    async def _followed(self, state: str, action: str) -> tuple[tuple[str, ...], float]:
        """A way that begins with `action`, and the mark of its predicted end."""
        way: list[str] = []
        for place in range(self._depth):
            way.append(action)
            state = await self._predicted(state, action)
            if place < self._depth - 1:
                following = await self._proposed(state, 1)
                if not following:
                    break
                action = following[0]
        return tuple(way), await self._rated(state)

    async def _proposed(self, state: str, most: int) -> tuple[str, ...]:
        """Actions worth a thought; the first that are possible if the model names none of them."""
        actions = [spec.name for spec in self._tools if not spec.arguments]
        if len(actions) == len(self._tools) and len(actions) <= most:
            return tuple(actions)
        told = f"Name the {most} most promising different actions to do next: a numbered list, a line each, nothing else."
        prompt = joined(f"Goal: {self._goal}", state, on_tools(self._tools, state), told)
        lines = listed(await self._model.ask(prompt, role="proposer"), most)
        if not self._tools:
            return lines
        calls = [as_call(line, actions, self._tools) for line in lines]
        return tuple(dict.fromkeys(spelled(call) for call in calls if call)) or tuple(actions[:most])

    async def _predicted(self, state: str, action: str) -> str:
        prompt = joined(
            state,
            f"Action: {action}",
            "Predict what is seen after this action, in a few sentences. Say nothing else.",
        )
        return (await self._model.ask(prompt, role="world"))[:LONGEST].strip() or state

    async def _rated(self, state: str) -> float:
        """A reply that gives no mark counts as the middle."""
        prompt = joined(
            f"Goal: {self._goal}",
            f"Predicted:\n{state}",
            "How close is this to the goal? Reply with a number from 0 (no progress) to 10 (reached) alone.",
        )
        found = mark(await self._model.ask(prompt, role="critic"), 0, 10)
        return 5.0 if found is None else found
