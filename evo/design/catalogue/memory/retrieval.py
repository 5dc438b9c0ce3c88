"""Remembers everything, and recalls what has most to do with the situation, what is recent before what is old."""

from evo.design.component import Component
from evo.design.contracts import Happening
from evo.design.parameter import Choice, Int
from evo.design.ranking import scores
from evo.design.situation import Situation

DECLARATION = Component(
    slot="memory",
    name="retrieval",
    purpose="recalls the events that have most to do with the situation",
    use="Retrieval",
    source="Park et al., Generative Agents (2023), arXiv:2304.03442: recency and relevance; BM25",
    parameters=(
        Int("top", default=4, low=1, high=32, log=True),
        Choice("recency", default=0.25, choices=(0.0, 0.25, 0.5, 1.0)),
        Choice("decay", default=0.9, choices=(0.5, 0.8, 0.9, 0.98)),
    ),
)

MOST = 500
"""Events that are kept."""

OUTCOMES = ("observation", "reward")
"""Kinds of events that are what came of the action before."""


class Retrieval:
    """An event's worth is its BM25 score, divided by the best, plus `recency` times `decay` to the power of its age.

    An action is kept together with what was seen after it, because neither says much alone.

    Args:
        top: events that are recalled.
        recency: worth of the latest event beside that of the most relevant one; 0 for relevance alone.
        decay: what remains of that from one event to the next.
    """

    def __init__(self, top: int, recency: float, decay: float) -> None:
        self._top, self._recency, self._decay = top, recency, decay
        self._events: list[str] = []

    async def write(self, event: Happening) -> None:
        """Appends it, to the action before it if it is what came of that."""
        line = f"{event.kind}: {event.text}"
        if event.kind in OUTCOMES and self._events and self._events[-1].startswith("action: "):
            self._events[-1] += f"\n{line}"
        else:
            self._events.append(line)
            del self._events[:-MOST]

    async def read(self, situation: str) -> str:
        """The best `top` events, in the order in which they happened."""
        told = Situation.of(situation)
        found = scores(f"{told.seen}\n{' '.join(told.plan)}\n{told.feedback}", self._events)
        if found and self._events[-1].endswith(f"observation: {told.seen}"):
            found[-1] = 0.0  # it fits because it is the situation
        highest = max(found, default=0.0)
        worth = [
            (score / highest if highest else 0.0) + self._recency * self._decay**age
            for score, age in zip(found, range(len(found) - 1, -1, -1), strict=True)
        ]
        order = sorted(range(len(worth)), key=lambda place: (-worth[place], -place))
        kept = sorted(place for place in order[: self._top] if worth[place] > 0)
        return "\n".join(self._events[place] for place in kept)
