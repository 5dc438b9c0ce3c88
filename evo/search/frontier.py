"""What waits to be judged, and who climbs to the next stage."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose

from evo.search.racing import Race, case_scores
from evo.search.ranking import Ranking
from evo.types import CaseResult, Evaluation, Plan


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
        self._race = Race(plan.race, plan.race_error) if plan.race else None

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
        """Everything that waits: later stages first, for what they cost so far is spent already.

        Within a stage by arrival; of the first stage the core knows a better order.
        """
        for queue in reversed(self._queues):
            yield from queue.values()

    def hand_out(self, entry: Waiting) -> None:
        """Marks what waits as being judged: it is not offered again in this process."""
        self._handed_out[entry.index] = self._queues[entry.stage].pop(entry.index)

    def climbs(
        self, index: int, stage: int, score: float, always: bool, cases: Sequence[CaseResult] = ()
    ) -> bool:
        """Whether a candidate that was judged ``ok`` at `stage` goes on; to be asked once for each.

        Before the race it does when fewer than the stage's `keep` share of the scores seen there so far,
        its own among them, are better; in the race when its cases leave it a chance to be the best
        (`evo.search.racing`). With `always` it does whatever its score, as seeds do.

        Source: Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020
        (asynchronous successive halving), without going back to those that were stopped.
        """
        if self._race is not None and (lap := stage - self._first_lap) >= 0:
            return self._goes_on(self._race, index, lap, cases, always)
        if stage + 1 == len(self._plan.stages):
            return False
        seen = self._seen[stage]
        seen.add(score, index)
        return always or seen.better(score) < self._plan.keep[stage] * len(seen)

    def races(self, stage: int) -> bool:
        """Whether `stage` is part of the race."""
        return bool(self._plan.race) and stage >= self._first_lap

    def after(self, stage: int) -> str:
        """The stage whose cases `stage` need not judge again; empty if it judges all of its own."""
        return self._plan.stages[stage - 1] if self.races(stage) and stage > self._first_lap else ""

    def expected(self, evaluation: Evaluation) -> float:
        """The score, about, that a candidate that was stopped in the race would have had on all cases.

        Raises:
            ValueError: it was not stopped in a race.
        """
        score, scores = evaluation.score, case_scores(evaluation.cases)
        if self._race is None or score is None or not len(scores):
            raise ValueError(f"{evaluation.candidate} was not stopped in a race at stage {evaluation.stage}")
        seen, on_all = self._race.means(scores)
        if isclose(score, len(scores) * seen) and not isclose(score, seen):  # a sum over the cases
            return on_all * self._plan.race[-1]
        return score + on_all - seen

    def leave_race(self, index: int) -> None:
        """Nobody is compared with this candidate any more: it was refused, given up, or vetoed."""
        if self._race is not None:
            self._race.drop(index)

    @property
    def _first_lap(self) -> int:
        """The first stage of the race."""
        return len(self._plan.stages) - len(self._plan.race)

    def _goes_on(self, race: Race, index: int, lap: int, cases: Sequence[CaseResult], always: bool) -> bool:
        scores = case_scores(cases)
        if len(scores) != self._plan.race[lap]:
            return lap + 1 < len(self._plan.race)  # its cases are not told, so nothing speaks against it
        return race.climbs(index, lap, scores, always)
