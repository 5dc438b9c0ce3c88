"""Remembers what was tried in which place, and how often."""

from collections import Counter

from evo.design.component import Component
from evo.design.contracts import Happening
from evo.design.parameter import Choice
from evo.design.places import place_of, tried_text
from evo.design.situation import Situation

DECLARATION = Component(
    slot="memory",
    name="visited",
    purpose="what was tried in which place, and how often",
    use="Visited",
    source="tabu lists: Glover (1986)",
    parameters=(Choice("by", default="place", choices=("place", "view", "anywhere")),),
)


class Visited:
    """Counts actions.

    Args:
        by: what counts as the same place: one of the same name (``place``), one that looks the same
            (``view``), or all places together (``anywhere``).
    """

    def __init__(self, by: str) -> None:
        self._by = by
        self._tried: dict[str, Counter[str]] = {}
        self._at: str | None = None
        self._waiting: list[str] = []

    async def write(self, event: Happening) -> None:
        """Counts an action where it was done; that place is known from the observation before it."""
        if event.kind == "action":
            if self._at is None:
                self._waiting.append(event.text)
            else:
                self._tried.setdefault(self._at, Counter())[event.text] += 1
        elif event.kind == "observation":
            self._at = self._key(event.text)
            for action in self._waiting:
                self._tried.setdefault(self._at, Counter())[action] += 1
            self._waiting = []

    async def read(self, situation: str) -> str:
        """The actions that were tried here, with how often, the first first."""
        at = self._key(Situation.of(situation).seen)
        return tried_text(self._tried.get(at, Counter()))

    def _key(self, text: str) -> str:
        if self._by == "anywhere":
            return ""
        name = place_of(text)
        if self._by == "place":
            return name or (self._at or "")  # what names no place was seen where one was
        return " ".join(text.split())
