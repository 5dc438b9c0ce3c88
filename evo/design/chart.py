"""A map of places in words: the text that the memory ``map_graph`` gives, and what explorers read out of it."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evo.design.places import eagerness

UNKNOWN, NOWHERE = "?", "-"
"""Where a way leads that was not tried; that leads back to the same place."""


@dataclass(slots=True)
class Chart:
    """What is known of where things lie: the text that the memory ``map_graph`` gives, and back.

    Attributes:
        here: name of the place where the agent is.
        ways: place -> action -> place it leads to, `UNKNOWN` or `NOWHERE`.
        near: place -> places that are said to be beside it, by ways that are not known.
        seen: place -> what was last seen there.
    """

    here: str = ""
    ways: dict[str, dict[str, str]] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """A line for each fact."""
        lines = [f"Place: {self.here}"]
        for place, ways in self.ways.items():
            lines += [f"Way: {place}: {action} -> {there}" for action, there in ways.items()]
        lines += [f"Near: {place}: {', '.join(others)}" for place, others in self.near.items() if others]
        lines += [f"Seen: {place}: {' '.join(text.split())}" for place, text in self.seen.items() if text]
        return "\n".join(lines)

    @classmethod
    def of(cls, text: str) -> "Chart":
        """From a memory's text; lines of another form are passed over."""
        chart = cls()
        for line in text.splitlines():
            kind, _, rest = line.partition(": ")
            place, _, fact = rest.partition(": ")
            if kind == "Place":
                chart.here = rest
            elif kind == "Way" and " -> " in fact:
                action, _, there = fact.rpartition(" -> ")
                chart.ways.setdefault(place, {})[action] = there
            elif kind == "Near":
                chart.near[place] = fact.split(", ")
            elif kind == "Seen":
                chart.seen[place] = fact
        return chart

    def path(self, wanted: Iterable[str]) -> list[tuple[str, str]] | None:
        """The shortest way from here to the nearest of `wanted`: (action, place it leads to) for each step.

        A step whose action is not known yet has an empty one. None if no way is known.
        """
        goals = set(wanted)
        before: dict[str, tuple[str, str]] = {}
        queue, known = deque([self.here]), {self.here}
        while queue:
            place = queue.popleft()
            if place in goals:
                steps: list[tuple[str, str]] = []
                while place != self.here:
                    action, previous = before[place]
                    steps.append((action, place))
                    place = previous
                return steps[::-1]
            for action, there in self._beside(place):
                if there not in known:
                    known.add(there)
                    before[there] = (action, place)
                    queue.append(there)
        return None

    def _beside(self, place: str) -> list[tuple[str, str]]:
        ways = self.ways.get(place, {})
        found = [(action, there) for action, there in ways.items() if there not in (UNKNOWN, NOWHERE)]
        return found + [("", there) for there in self.near.get(place, [])]

    def untried(self, place: str) -> list[str]:
        """Actions of a place of which nobody knows where they lead, the most promising first."""
        ways = self.ways.get(place, {})
        return sorted((action for action, there in ways.items() if there == UNKNOWN), key=eagerness)


def to_frontier(chart: Chart, actions: Sequence[str], by_distance: bool = True) -> tuple[str, ...]:
    """The steps to a way that was not tried, and that way; empty if there is none that can be reached.

    Args:
        chart: what is known.
        actions: that are possible here.
        by_distance: to the nearest, else to the one that was found first.
    """
    here = [action for action in chart.untried(chart.here) if action in actions]
    places = [place for place in chart.ways if place != chart.here and chart.untried(place)]
    pointed = {there for ways in chart.ways.values() for there in ways.values()}
    new = sorted(pointed - {*chart.ways, UNKNOWN, NOWHERE})
    if here and (by_distance or not places):
        return (here[0],)
    for wanted in [[*places, *new]] if by_distance else [[place] for place in [*places, *new]]:
        path = chart.path(wanted)
        if path and path[0][0]:
            steps: list[str] = []
            for action, _ in path:
                if not action:
                    return tuple(steps)
                steps.append(action)
            beyond = chart.untried(path[-1][1])
            return (*steps, *beyond[:1])
    return (here[0],) if here else ()
