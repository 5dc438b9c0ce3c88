"""Runs a search on a landscape as the engine would, against a simulated clock."""

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from evo.budget import Budget, Limits
from evo.report.statistics import best_so_far
from evo.roles import Search
from evo.types import (
    Candidate,
    EvaluateTask,
    Evaluation,
    Event,
    Judged,
    OperatorShare,
    Plan,
    Proposal,
    ProposeTask,
)
from tests.benchmarks.landscapes.landscape import Landscape

STARTER = "design.cover"

MakeSearch = Callable[[int, Plan], Search]
"""Builds a search from the run's seed and plan."""


@dataclass
class Trace:
    """What happened in one run; the lists have an entry for each evaluation, in the order told.

    Attributes:
        truth: the candidate's true score, None if it failed.
        score: what it was judged to score, None if it failed.
        clock: simulated seconds from the start.
        lag: evaluations told between the order for the candidate and the verdict.
        proposals: finished, duplicates among them.
        duplicates: of a candidate that was known.
        unjudged: new candidates that were never judged: screened out, or waiting at the end.
        decision_s: CPU seconds in `ask`, `choose` and `tell` together.
        ending: why it ended.
    """

    truth: list[float | None] = field(default_factory=list)
    score: list[float | None] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    lag: list[int] = field(default_factory=list)
    proposals: int = 0
    duplicates: int = 0
    unjudged: int = 0
    decision_s: float = 0.0
    ending: str = ""

    @property
    def best(self) -> np.ndarray:
        """The highest true score among the first 1, 2, ... evaluations, NaN before the first that is ok."""
        return best_so_far([np.nan if value is None else value for value in self.truth])

    @property
    def incumbent(self) -> np.ndarray:
        """The true score of the candidate that was judged best among the first 1, 2, ... evaluations."""
        found, top, value = np.full(len(self.score), np.nan), -np.inf, np.nan
        for i, (score, truth) in enumerate(zip(self.score, self.truth, strict=True)):
            if score is not None and truth is not None and score > top:
                top, value = score, truth
            found[i] = value
        return found


def plan_for(landscape: Landscape, evaluations: int, workers: int = 1, cold_start: int = 0) -> Plan:
    """What a search of `landscape` is told before it starts."""
    begins = {STARTER: OperatorShare(weight=0.0)} if cold_start else {}
    return Plan(
        n_seeds=len(landscape.seeds()),
        operators={**landscape.operators, **begins},
        frontier=2 * workers,
        limits={"evaluations": float(evaluations)},
        cold_start=cold_start,
        starter=STARTER if cold_start else "",
    )


def simulate(
    make_search: MakeSearch,
    landscape: Landscape,
    run_seed: int,
    evaluations: int,
    workers: int = 1,
    proposers: int | None = None,
    cold_start: int = 0,
) -> "Simulation":
    """One run, decided as `evo.loop.Engine` decides, with simulated proposers and workers; it is over.

    Args:
        make_search: called with `run_seed` and the plan.
        landscape: what is searched.
        run_seed: of the search and of the judge's noise.
        evaluations: budget.
        workers: evaluations at the same time.
        proposers: proposals at the same time; as many as workers if None.
        cold_start: so many designs of a covering array are judged after the seeds, before the search begins.
    """
    search = make_search(run_seed, plan_for(landscape, evaluations, workers, cold_start))
    simulation = Simulation(search, landscape, evaluations, workers, proposers or workers)
    simulation.cover = list(islice(landscape.cover(run_seed), cold_start))
    simulation.finish()
    return simulation


class Simulation:
    """The engine's loop without pools, journal and clock."""

    def __init__(
        self, search: Search, landscape: Landscape, evaluations: int, workers: int, proposers: int
    ) -> None:
        self.search, self.landscape = search, landscape
        self.budget = Budget(Limits(evaluations=evaluations))
        self.trace = Trace()
        self.cover: list[Candidate] = []
        """What the cold start proposes."""
        self._seeds = landscape.seeds()
        self._workers, self._proposers = workers, proposers
        self._proposing = self._judging = 0  # in flight
        self._now, self._sequence = 0.0, 0
        self._coming: list[tuple[float, int, int, Event]] = []  # when, proposals first, in order
        self._candidates: dict[str, Candidate] = {}
        self._verdicts: dict[str, Evaluation] = {}
        self._known: dict[str, int] = {}  # evaluations told when the candidate was ordered

    def finish(self) -> Trace:
        """Goes on until the budget is met, or nothing is left to do."""
        while not (ending := self.budget.met or self.budget.stalled):
            self._choose()
            self._ask()
            if not self._coming:
                ending = "nothing is left to propose or to judge"
                break
            self._absorb()
        self.trace.ending = ending
        self.trace.unjudged = len(self._candidates) - len(self._verdicts)
        return self.trace

    @property
    def judged(self) -> list[Judged]:
        """Candidates with their verdicts, in the order in which they came."""
        return [Judged(self._candidates[name], verdict) for name, verdict in self._verdicts.items()]

    # -- as in the engine --------------------------------------------------------------------------

    def _ask(self) -> None:
        n = min(self._proposers - self._proposing, self.budget.allow_proposals(self._proposing))
        for task in self._timed(self.search.ask, n) if n > 0 else []:
            self._proposing += 1
            self._send(self.landscape.conditions.proposal_s, 0, self._proposal(task))

    def _choose(self) -> None:
        n = min(self._workers - self._judging, self.budget.allow_evaluations(self._judging))
        for task in self._timed(self.search.choose, n) if n > 0 else []:
            self._judging += 1
            verdict = self._evaluation(task)
            self._send(verdict.seconds, 1, verdict)

    def _absorb(self) -> None:
        """Tells all that is done by the time that the next is: proposals first, then verdicts."""
        self._now = self._coming[0][0]
        events = []
        while self._coming and self._coming[0][0] <= self._now:
            events.append(heapq.heappop(self._coming)[3])
        for event in self._mark_duplicates(events):
            self._timed(self.search.tell, event)
            self.budget.tell(event)
            self._book(event)

    def _mark_duplicates(self, events: Sequence[Event]) -> list[Event]:
        fresh: set[str] = set()
        marked: list[Event] = []
        for event in events:
            if isinstance(event, Proposal) and event.status == "ok" and event.candidate:
                name = event.candidate.id
                if name in fresh or name in self._candidates:
                    marked.append(replace(event, status="duplicate"))
                    continue
                fresh.add(name)
            marked.append(event)
        return marked

    # -- what the pools and the archive do ---------------------------------------------------------

    def _send(self, seconds: float, kind: int, event: Event) -> None:
        self._sequence += 1
        heapq.heappush(self._coming, (self._now + seconds, kind, self._sequence, event))

    def _proposal(self, task: ProposeTask) -> Proposal:
        if task.operator == "seed":
            candidate: Candidate | None = self._seeds[task.number]
        elif task.operator == STARTER:
            place = task.number - len(self._seeds)
            row = self.cover[place] if place < len(self.cover) else None
            candidate = row and Candidate.of(row.files, task.parents, task.operator)
        else:
            candidate = self.landscape.propose(
                replace(task, relatives=tuple(map(self._relative, task.parents)))
            )
        return Proposal(
            number=task.number,
            operator=task.operator,
            parents=task.parents,
            candidate=candidate,
            status="invalid" if candidate is None else "ok",
            known=task.known,
            seconds=self.landscape.conditions.proposal_s,
        )

    def _relative(self, name: str) -> Judged:
        return Judged(self._candidates[name], self._verdicts.get(name) or Evaluation.pending(name))

    def _evaluation(self, task: EvaluateTask) -> Evaluation:
        return self.landscape.judge(self._candidates[task.candidate], task.attempt, task.seed)

    def _book(self, event: Event) -> None:
        trace = self.trace
        if isinstance(event, Proposal):
            self._proposing -= 1
            trace.proposals += 1
            trace.duplicates += event.status == "duplicate"
            if event.status == "ok" and event.candidate is not None:
                self._candidates[event.candidate.id] = event.candidate
                self._known[event.candidate.id] = event.known
        elif isinstance(event, Evaluation):
            self._judging -= 1
            self._verdicts[event.candidate] = event
            failed = event.status != "ok"
            trace.lag.append(len(trace.truth) - self._known[event.candidate])
            trace.truth.append(None if failed else self.landscape.truth(self._candidates[event.candidate]))
            trace.score.append(event.score)
            trace.clock.append(self._now)

    def _timed(self, call: Callable[..., object], argument: object) -> list:  # type: ignore[type-arg]
        start = time.process_time()
        found = call(argument)
        self.trace.decision_s += time.process_time() - start
        return found  # type: ignore[return-value]
