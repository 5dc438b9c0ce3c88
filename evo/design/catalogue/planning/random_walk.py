"""Any action that is possible, by chance."""

import random
from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Plan, Spec
from evo.design.parameter import Flag
from evo.design.places import is_undoing, is_way, possible

DECLARATION = Component(
    slot="planning",
    name="random_walk",
    purpose="a random action; without a model",
    use="RandomWalk",
    parameters=(Flag("ways"),),
    needs=("draw",),
)


class RandomWalk:
    """Draws each step anew.

    Args:
        ways: only actions that go somewhere or open a way, where there are such.
    """

    def __init__(self, ways: bool, draw: random.Random) -> None:
        self._ways, self._draw = ways, draw
        self._tools: Sequence[Spec] = ()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """One step."""
        self._tools = tools
        actions = [action for action in possible(tools) if not (self._ways and is_undoing(action))]
        ways = [action for action in actions if self._ways and is_way(action)]
        return Plan((self._draw.choice(ways or actions),) if ways or actions else ())

    async def revise(self, feedback: str) -> Plan:
        """Draws again from what was possible."""
        return await self.plan("", feedback, self._tools)
