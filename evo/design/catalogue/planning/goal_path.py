"""Goes to places that the goal names, or where something was seen that it names; explores until one is known."""

from collections.abc import Sequence

from evo.design.chart import Chart, to_frontier
from evo.design.component import Component
from evo.design.contracts import Memory, Plan, Spec
from evo.design.exploration import words
from evo.design.parameter import Choice, Flag
from evo.design.places import named, possible

DECLARATION = Component(
    slot="planning",
    name="goal_path",
    purpose="goes to the places and things that the goal names, explores until it knows them; without a model",
    use="GoalPath",
    source="Ammanabrolu and Riedl (2019), arXiv:1812.01628",
    parameters=(
        Choice("targets", default="both", choices=("places", "things", "both")),
        Flag("explore", default=True),
        Flag("again", default=True),
    ),
    needs=("memory=map_graph",),
)


class GoalPath:
    """Places in the order in which the goal names them, each until it was reached after those before it.

    Args:
        targets: what counts as named: a place's own name, what was seen there, or both.
        explore: follows the frontier (see there) where no target is known.
        again: once all have been reached and nothing is left to explore, goes there again, and round all places.
    """

    def __init__(self, targets: str, explore: bool, again: bool, memory: Memory) -> None:
        self._targets, self._explore, self._again, self._memory = targets, explore, again, memory
        self._reached: set[str] = set()
        self._rounds: list[str] = []  # the place that was longest ago first
        self._goal, self._tools = "", tuple[Spec, ...]()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The steps to the next target that a way is known to, or of the exploration."""
        self._goal, self._tools = goal or self._goal, tuple(tools)
        chart = Chart.of(await self._memory.read(state))
        actions = possible(tools)
        self._rounds = [*(place for place in self._rounds if place != chart.here), chart.here]
        targets = self._named(chart)
        for at, place in enumerate(targets):
            if place == chart.here:
                if place not in self._reached:
                    self._reached = {*self._reached.difference(targets[at:]), place}
            elif place not in self._reached and (steps := self._way(chart, place, actions)):
                return Plan(steps)
        if self._explore and (steps := to_frontier(chart, actions)):
            return Plan(steps)
        if self._again:
            self._reached = {chart.here}
            for place in [*targets, *self._rounds[:-1]]:
                if place != chart.here and (steps := self._way(chart, place, actions)):
                    return Plan(steps)
        return Plan()

    async def revise(self, feedback: str) -> Plan:
        """Plans anew from what is known now."""
        return await self.plan("", feedback, self._tools)

    def _named(self, chart: Chart) -> list[str]:
        known = {
            *chart.ways,
            *chart.near,
            *chart.seen,
            *(one for all_ in chart.near.values() for one in all_),
        }
        known |= {there for ways in chart.ways.values() for there in ways.values()}
        found = named(sorted(known), self._goal) if self._targets != "things" else []
        if self._targets != "places":
            wanted = words(self._goal)
            things = {place: len(wanted & words(text)) for place, text in chart.seen.items()}
            usual = sorted(things.values())[len(things) // 2] if things else 0
            # a room that names no more of the goal than most rooms is no target
            found += [place for place, n in sorted(things.items(), key=lambda one: -one[1]) if n > usual]
        return list(dict.fromkeys(found))

    def _way(self, chart: Chart, place: str, actions: Sequence[str]) -> tuple[str, ...]:
        """As far as the actions are known; what is untried here if not even the first is."""
        path = chart.path([place])
        if not path:
            return ()
        steps: list[str] = []
        for action, _ in path:
            if not action:
                break
            steps.append(action)
        return tuple(steps) or tuple(action for action in chart.untried(chart.here) if action in actions)[:1]
