"""Best-first search in the real world with backtracking, where a model rates every place that is reached."""

import asyncio
from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Model, Plan, Spec, World
from evo.design.exploration import Exploration, Node
from evo.design.member import joined
from evo.design.parameter import Int
from evo.design.replies import mark

DECLARATION = Component(
    slot="planning",
    name="tree_search_rated",
    purpose="best-first search in the real world with backtracking, rated by a model",
    use="RatedTreeSearch",
    source="Koh et al., Tree Search for Language Model Agents (2024), arXiv:2407.01476",
    parameters=(
        Int("steps", default=60, low=10, high=2000, log=True),
        Int("expansions", default=4, low=1, high=32, log=True),
        Int("branching", default=5, low=2, high=16, log=True),
        Int("depth", default=6, low=1, high=30, log=True),
    ),
    needs=("model", "world.restart"),
)

LATEST = 4
"""Observations of the way that the model is shown."""


class RatedTreeSearch:
    """The value of a place is what was gained on the way, and the model's mark as a share of the highest."""

    def __init__(
        self, *, steps: int, expansions: int, branching: int, depth: int, model: Model, world: World
    ) -> None:
        self._model = model
        self.tree = Exploration(
            world, self._rate, steps=steps, expansions=expansions, branching=branching, depth=depth
        )

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The way from the beginning to the best place found; the world stands at the beginning then."""
        return await self.tree.plan(goal, state)

    async def revise(self, feedback: str) -> Plan:
        """Searches on, without the step that failed."""
        return await self.tree.revise(feedback)

    async def _rate(self, goal: str, nodes: Sequence[Node]) -> Sequence[float]:
        return list(await asyncio.gather(*(self._rank(goal, node) for node in nodes)))

    async def _rank(self, goal: str, node: Node) -> float:
        """A reply that gives no mark counts as the middle."""
        way = [f"> {action}\n{text}" for action, text in zip(node.path, node.texts[1:], strict=True)]
        prompt = joined(
            f"Goal: {goal}",
            "What was done and seen:\n" + "\n".join(way[-LATEST:]),
            "How promising is this on the way to the goal? Reply with a number from 0 (hopeless) to 10 (reached) alone.",
        )
        given = mark(await self._model.ask(prompt, role="critic"), 0, 10)
        return -node.gain - (5.0 if given is None else given) / 10
