"""Tries actions in the real world, goes on from the best place found, and backtracks; needs no model."""

from collections import Counter
from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Plan, Spec, World
from evo.design.exploration import Exploration, Node, unseen, words
from evo.design.parameter import Choice, Int

DECLARATION = Component(
    slot="planning",
    name="tree_search",
    purpose="best-first search in the real world with backtracking, without a model",
    use="TreeSearch",
    source="Koh et al., Tree Search for Language Model Agents (2024), arXiv:2407.01476; novelty: Lipovetzky and Geffner (2012)",
    parameters=(
        Choice("value", default="novelty", choices=("reward", "novelty", "words")),
        Int("steps", default=120, low=10, high=2000, log=True),
        Int("expansions", default=8, low=1, high=64, log=True),
        Int("branching", default=16, low=2, high=64, log=True),
        Int("depth", default=12, low=1, high=60, log=True),
    ),
    needs=("world.restart",),
)


class TreeSearch:
    """The best place has the highest value: the reward gained on the way there and, by `value`, something more.

    With ``novelty`` it is how rarely its words were seen before, with ``words`` the share of the goal's words
    that were seen on the way, with ``reward`` nothing.
    """

    def __init__(
        self, *, value: str, steps: int, expansions: int, branching: int, depth: int, world: World
    ) -> None:
        self._value = value
        self._seen: Counter[str] = Counter()
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
        return [-node.gain - self._beside(goal, node) for node in nodes]

    def _beside(self, goal: str, node: Node) -> float:
        """What a place is worth beside its reward, from 0 to 1."""
        if self._value == "novelty":
            if not self._seen:
                self._seen.update(words(node.texts[0]))
            found = words(node.texts[-1])
            share = sum(1 / (1 + self._seen[word]) for word in found) / max(1, len(found))
            self._seen.update(found)
            return share
        if self._value == "words":
            n = len(words(goal))
            return 1 - unseen(goal, node.texts) / n if n else 0.0
        return 0.0
