"""Remembers the last few things that happened, word for word."""

from collections import deque

from evo.design.component import Component
from evo.design.contracts import Happening
from evo.design.parameter import Int

DECLARATION = Component(
    slot="memory",
    name="window",
    purpose="the last few things that happened, word for word",
    use="Window",
    parameters=(Int("size", default=8, low=1, high=64, log=True),),
)


class Window:
    """A queue that drops the oldest."""

    def __init__(self, size: int) -> None:
        self._events: deque[Happening] = deque(maxlen=size)

    async def write(self, event: Happening) -> None:
        """Appends it; the oldest goes if there is no room."""
        self._events.append(event)

    async def read(self, situation: str) -> str:
        """All that is kept, a line each, the latest last."""
        return "\n".join(f"{event.kind}: {event.text}" for event in self._events)
