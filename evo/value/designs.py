"""The judged designs of a run, collected from its events: a bounded number of them."""

from collections.abc import Sequence

from evo.types import Evaluation, Event, Proposal
from evo.value.effects import JudgedDesign
from evo.value.slots import Slots, slots_of

MOST_WAITING = 50_000
"""Designs that wait for a verdict and are remembered, the latest."""

_UNSEARCHED = ("selection", "holdout")


class Designs:
    """A learner: keeps slots, score and cost of every design that was judged.

    A design counts when it got a score at the last stage or failed at any; its first verdict stands. Of more
    than twice `most` every second one is let go of, and so of those that come: what is kept is an even spread.

    Args:
        stages: names of the search stages in climbing order.
        most: designs to keep, about.

    Attributes:
        judged: in the order of their verdicts.
        n: designs that were judged in all.
    """

    def __init__(self, stages: Sequence[str], most: int = 2_000) -> None:
        self.judged: list[JudgedDesign] = []
        self.n = 0
        self._stages, self._most = tuple(stages), most
        self._step = 1  # every so many-th is kept
        self._waiting: dict[str, Slots] = {}
        self._climbed: dict[str, dict[str, tuple[float, float | None]]] = {}  # design -> stage -> cost
        self._done: set[str] = set()

    def tell(self, event: Event) -> None:
        """Takes in one event. Told twice, the second time changes nothing."""
        if isinstance(event, Proposal) and event.status == "ok" and event.candidate is not None:
            made = event.candidate
            if made.id not in self._done and (slots := slots_of(made.files)) is not None:
                self._waiting[made.id] = slots
                if len(self._waiting) > MOST_WAITING:
                    self._climbed.pop(gone := next(iter(self._waiting)), None)
                    del self._waiting[gone]
        elif isinstance(event, Evaluation):
            self._tell_evaluation(event)

    def _tell_evaluation(self, event: Evaluation) -> None:
        name = event.candidate
        slots = self._waiting.get(name)
        if slots is None or event.status == "lost" or not self._counts(event):
            return
        climbed = self._climbed.setdefault(name, {})
        climbed.setdefault(event.stage, (event.seconds, event.usage.usd))
        if event.status == "ok" and event.stage != self._stages[-1]:
            return
        del self._waiting[name], self._climbed[name]
        prices = [usd for _, usd in climbed.values() if usd is not None]
        usd = sum(prices) if len(prices) == len(climbed) else None
        self._done.add(name)
        self.n += 1
        if self.n % self._step:
            return
        seconds = sum(seconds for seconds, _ in climbed.values())
        self.judged.append(JudgedDesign(slots, event.score, seconds, usd))
        if len(self.judged) > 2 * self._most:
            self.judged = self.judged[1::2]
            self._step *= 2

    def _counts(self, event: Evaluation) -> bool:
        return event.stage in self._stages or (event.status != "ok" and event.stage not in _UNSEARCHED)
