"""What a run has spent, from its events: each call to a language model counted once."""

from evo.types import Evaluation, Event, Proposal, Reply, Usage


class Spending:
    """Adds up usage. A reply is counted when it arrives, and its proposal, which repeats it, in its place.

    A learner that must be told each event once.
    """

    def __init__(self) -> None:
        self._settled = Usage()
        self._open: dict[int, Usage] = {}  # number of a task that is not finished -> its replies so far

    @property
    def usage(self) -> Usage:
        """Of everything told; ``usd`` is None if any price is unknown."""
        return sum(self._open.values(), self._settled)

    def tell(self, event: Event) -> None:
        """Books one event."""
        if isinstance(event, Reply):
            self._open[event.number] = self._open.get(event.number, Usage()) + event.usage
        elif isinstance(event, Proposal):
            self._open.pop(event.number, None)
            self._settled += event.usage
        elif isinstance(event, Evaluation):
            self._settled += event.usage
