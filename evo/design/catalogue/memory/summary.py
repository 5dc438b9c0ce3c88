"""A model keeps a running summary of what happened; the latest events stand beside it word for word."""

from evo.design.component import Component
from evo.design.contracts import Happening, Model
from evo.design.member import joined
from evo.design.parameter import Int

DECLARATION = Component(
    slot="memory",
    name="summary",
    purpose="a model rewrites a running summary after every few events",
    use="Summary",
    source="Wu et al., Recursively Summarizing Books with Human Feedback (2021), arXiv:2109.10862",
    parameters=(
        Int("every", default=6, low=1, high=32, log=True),
        Int("words", default=120, low=30, high=400, log=True),
    ),
    needs=("model",),
)

LONGEST = 1500
"""Letters of an event that are summarised."""

PATIENCE = 8
"""Times `every` events that are kept, at most, while the model has nothing to say."""


class Summary:
    """An event stands in the summary or beside it; only what a model that stays silent never took in is lost.

    Args:
        every: events after which the summary is rewritten.
        words: that it is to have at most.
        model: that writes it.
    """

    def __init__(self, every: int, words: int, model: Model) -> None:
        self._every, self._words, self._model = every, words, model
        self._summary = ""
        self._events: list[str] = []
        self._new = 0

    async def write(self, event: Happening) -> None:
        """Puts it beside the summary; when there are `every` new ones, all go into a new summary."""
        self._events.append(f"{event.kind}: {event.text}")
        self._new += 1
        if self._new >= self._every:
            self._new = 0
            await self._rewrite()

    async def read(self, situation: str) -> str:
        """The summary, then the events that are not in it."""
        return joined(f"So far: {self._summary}" if self._summary else "", "\n".join(self._events))

    async def _rewrite(self) -> None:
        asked = joined(
            f"Notes so far:\n{self._summary}" if self._summary else "",
            "Since then:\n" + "\n".join(event[:LONGEST] for event in self._events),
            f"Rewrite the notes so that they hold all of this that may still matter, such as places, things, "
            f"results and failures. At most {self._words} words; the notes alone.",
        )
        reply = (await self._model.ask(asked, role="summariser")).strip()
        if reply:
            self._summary = " ".join(reply.split(" ")[: 2 * self._words])
            self._events = []
        else:
            self._events = self._events[-PATIENCE * self._every :]
