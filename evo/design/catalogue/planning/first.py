"""Always the first action that is possible."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Plan, Spec
from evo.design.places import possible

DECLARATION = Component(
    slot="planning", name="first", purpose="the first action that is possible; without a model", use="First"
)


class First:
    """The plainest planner that acts at all."""

    def __init__(self) -> None:
        self._last = Plan()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """One step."""
        self._last = Plan(possible(tools)[:1])
        return self._last

    async def revise(self, feedback: str) -> Plan:
        """The same again."""
        return self._last
