"""Goes to the nearest place where a way was not tried yet, and tries it."""

from collections.abc import Sequence

from evo.design.chart import Chart, to_frontier
from evo.design.component import Component
from evo.design.contracts import Memory, Plan, Spec
from evo.design.parameter import Choice, Flag
from evo.design.places import possible

DECLARATION = Component(
    slot="planning",
    name="frontier",
    purpose="goes to the nearest place with an untried way; without a model",
    use="Frontier",
    source="Yamauchi, A Frontier-Based Approach for Autonomous Exploration (1997)",
    parameters=(
        Choice("order", default="nearest", choices=("nearest", "oldest")),
        Flag("circle", default=True),
    ),
    needs=("memory=map_graph",),
)


class Frontier:
    """Breadth first over the map in the memory.

    Args:
        order: which frontier is next, the nearest or the one that was found first.
        circle: when nothing is left to explore, goes round the places, the one that was longest ago first.
    """

    def __init__(self, order: str, circle: bool, memory: Memory) -> None:
        self._order, self._circle, self._memory = order, circle, memory
        self._rounds: list[str] = []
        self._goal, self._tools = "", tuple[Spec, ...]()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The steps to the frontier and the one beyond it."""
        self._tools = tuple(tools)
        chart = Chart.of(await self._memory.read(state))
        if chart.here in self._rounds:
            self._rounds.remove(chart.here)
        self._rounds.append(chart.here)
        steps = to_frontier(chart, possible(tools), self._order == "nearest")
        if not steps and self._circle:
            for place in self._rounds[:-1]:
                steps = tuple(action for action, _ in chart.path([place]) or () if action)
                if steps:
                    break
        return Plan(steps)

    async def revise(self, feedback: str) -> Plan:
        """Plans anew from what is known now."""
        return await self.plan(self._goal, feedback, self._tools)
