"""Remembers places, the ways between them, and what was seen where."""

from collections import Counter

from evo.design.chart import NOWHERE, UNKNOWN, Chart
from evo.design.component import Component
from evo.design.contracts import Happening
from evo.design.parameter import Flag
from evo.design.places import eagerness, is_way, links, place_of, signs, tried_text
from evo.design.situation import Situation

DECLARATION = Component(
    slot="memory",
    name="map_graph",
    purpose="places, the ways between them, and what was seen where",
    use="MapGraph",
    source="Ammanabrolu and Riedl, Playing Text-Adventure Games with Graph-Based Deep RL (2019), arXiv:1812.01628",
    parameters=(Flag("signs", default=True), Flag("tried", default=True)),
)

LONGEST = 600
"""Letters that are kept of what was seen in a place."""


class MapGraph:
    """A graph that grows with every observation. What led nowhere may be tried again once the place has changed.

    Args:
        signs: learns from what is said, too: "To the north you see the hall", "The hall connects to ...".
        tried: also tells which actions were tried in the place, see the memory ``visited``.
    """

    def __init__(self, signs: bool, tried: bool) -> None:
        self._signs, self._counts = signs, tried
        self.chart = Chart()
        self._tried: dict[str, Counter[str]] = {}
        self._action = ""
        self._known: set[str] = set()

    async def write(self, event: Happening) -> None:
        """Learns from an action and from the observation that follows it."""
        if event.kind == "action":
            self._action = event.text
            self._tried.setdefault(self.chart.here, Counter())[event.text] += 1
        elif event.kind == "observation":
            self._observed(event.text)
            self._action = ""

    async def read(self, situation: str) -> str:
        """The chart, with the ways that are possible here, and what was tried here."""
        told, chart = Situation.of(situation), self.chart
        if not chart.here and not self._known:
            self._observed(told.seen)
        ways = chart.ways.setdefault(chart.here, {})
        for action in told.actions:
            if action not in ways and is_way(action):
                ways[action] = UNKNOWN
        if self._signs:
            self._pointed(signs(told.seen), ways)
        text = chart.text()
        if self._counts and (tried := tried_text(self._tried.get(chart.here, Counter()))):
            text += f"\n{tried}"
        return text

    def _observed(self, text: str) -> None:
        chart, before = self.chart, self.chart.here
        if place := place_of(text):
            if not before:  # what was done before any place was named
                self._tried[place] = self._tried.pop("", Counter())
            chart.here = place
            look = " ".join(text[text.lower().find("you") :].split())[:LONGEST]
            if chart.here == before and look != chart.seen.get(place, look):
                for action, there in chart.ways.get(place, {}).items():
                    if there == NOWHERE and action != self._action and eagerness(action):
                        chart.ways[place][action] = UNKNOWN
            chart.seen[place] = look
        if self._action and before and is_way(self._action):
            chart.ways.setdefault(before, {})[self._action] = chart.here if chart.here != before else NOWHERE
        self._known.add(chart.here)
        if self._signs:
            for one, others in links(text).items():
                chart.near[one] = sorted({*chart.near.get(one, []), *others})

    def _pointed(self, pointed: dict[str, str], ways: dict[str, str]) -> None:
        """Ways that a sign names the end of."""
        for action, there in list(ways.items()):
            words = action.casefold().split()
            place = next((place for direction, place in pointed.items() if direction in words), None)
            if place and there == UNKNOWN and words[0] not in ("open", "unlock"):
                ways[action] = place
