"""A* in the real world: the place with the lowest cost so far plus estimated cost to come is expanded first."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Plan, Spec, World
from evo.design.exploration import Exploration, Node, unseen
from evo.design.parameter import Float, Int

DECLARATION = Component(
    slot="planning",
    name="a_star",
    purpose="A* in the real world: steps made, plus words of the goal not yet seen; without a model",
    use="AStar",
    source="Hart, Nilsson and Raphael (1968); Zhuang et al., ToolChain* (2023), arXiv:2310.13227",
    parameters=(
        Float("weight", default=2.0, low=0.0, high=10.0),
        Float("reward", default=5.0, low=0.0, high=20.0),
        Int("steps", default=120, low=10, high=2000, log=True),
        Int("expansions", default=8, low=1, high=64, log=True),
        Int("branching", default=16, low=2, high=64, log=True),
        Int("depth", default=12, low=1, high=60, log=True),
    ),
    needs=("world.restart",),
)


class AStar:
    """f = g + h with g the steps made, and h = `weight` for each word of the goal not seen on the way.

    Reward that was gained takes `reward` times its amount off.
    """

    def __init__(
        self,
        *,
        weight: float,
        reward: float,
        steps: int,
        expansions: int,
        branching: int,
        depth: int,
        world: World,
    ) -> None:
        self._weight, self._reward = weight, reward
        self.tree = Exploration(
            world, self._rate, steps=steps, expansions=expansions, branching=branching, depth=depth
        )

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The way from the beginning to the place with the lowest f; the world stands at the beginning then."""
        return await self.tree.plan(goal, state)

    async def revise(self, feedback: str) -> Plan:
        """Searches on, without the step that failed."""
        return await self.tree.revise(feedback)

    async def _rate(self, goal: str, nodes: Sequence[Node]) -> Sequence[float]:
        return [
            len(node.path) + self._weight * unseen(goal, node.texts) - self._reward * node.gain
            for node in nodes
        ]
