"""What waits to be judged, and who climbs to the next stage."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from evo.search.ranking import Ranking
from evo.types import Plan


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidate (its index in the population) that waits to be judged at a stage, counted from 0."""

    index: int
    stage: int
    attempt: int


class Frontier:
    """Candidates on their way through the stages.

    Each is in at most one place: waiting, or handed out. What is handed out is known in this
    process only; in a resumed one it waits again.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._queues: list[OrderedDict[int, Waiting]] = [OrderedDict() for _ in plan.stages]
        self._handed_out: dict[int, Waiting] = {}
        self._seen = [Ranking() for _ in plan.stages]

    @property
    def n_waiting(self) -> int:
        """How many wait and are not handed out."""
        return sum(map(len, self._queues))

    @property
    def n_unjudged(self) -> int:
        """How many wait for their first stage, or are being judged there."""
        return len(self._queues[0]) + sum(entry.stage == 0 for entry in self._handed_out.values())

    def add(self, index: int, stage: int, attempt: int = 1) -> None:
        """Puts a candidate at the end of a stage's queue, wherever it was before."""
        self.drop(index)
        self._queues[stage][index] = Waiting(index, stage, attempt)

    def drop(self, index: int) -> None:
        """Forgets a candidate; no effect if it is not here."""
        self._handed_out.pop(index, None)
        for queue in self._queues:
            queue.pop(index, None)

    def is_handed_out(self, index: int) -> bool:
        """Whether a candidate is being judged, as far as this process knows."""
        return index in self._handed_out

    def waiting(self) -> Iterator[Waiting]:
        """Everything that waits, in the order it should be judged unless somebody knows better.

        Later stages come first, for what they cost so far is spent already; within a stage it is
        first in, first out.
        """
        for queue in reversed(self._queues):
            yield from queue.values()

    def hand_out(self, entry: Waiting) -> None:
        """Marks what waits as being judged: it is not offered again in this process."""
        self._handed_out[entry.index] = self._queues[entry.stage].pop(entry.index)

    def climbs(self, index: int, stage: int, score: float, always: bool) -> bool:
        """Whether a candidate that got `score` at `stage` goes on; to be asked once for each.

        It does when fewer than the stage's `keep` share of the scores seen there so far, its own
        among them, are better; with `always` whatever its score, as seeds do.

        Source: Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020
        (asynchronous successive halving), without going back to those that were stopped.
        """
        if stage + 1 == len(self._plan.stages):
            return False
        seen = self._seen[stage]
        seen.add(score, index)
        return always or seen.better(score) < self._plan.keep[stage] * len(seen)
