"""Makes no plan."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Plan, Spec

DECLARATION = Component(slot="planning", name="none", purpose="makes no plan", use="NoPlanning")


class NoPlanning:
    """An empty slot."""

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """Always empty."""
        return Plan()

    async def revise(self, feedback: str) -> Plan:
        """Always empty."""
        return Plan()
