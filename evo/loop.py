"""The engine: ask, propose, choose, judge, record, learn. Resuming is replaying.

An event is on disk before anything learns from it, so a crash between the two loses nothing: the
next session reads it back. What was in flight at a crash is asked for again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from evo.budget import Budget
from evo.errors import EvoError, ProblemError
from evo.roles import Journal, Learner, Pool, Search
from evo.types import EvaluateTask, Evaluation, Event, Proposal, ProposeTask, Reply, Steering

NOTICE_S = 0.2
"""How long a stop or the end of the time budget may go unnoticed while nothing else happens."""

DRAIN_S = 60.0
"""How long a run that has met its budget waits for proposals in flight: models are paid for them already."""


class Shelf(Learner, Protocol):
    """What the loop needs of the archive: is a candidate known, and what do its files say."""

    def seen(self, candidate: str) -> bool:
        """Whether a candidate with this id was proposed before."""

    def fill_proposals(self, tasks: Sequence[ProposeTask]) -> list[ProposeTask]:
        """The tasks with their parents' files and evaluations."""

    def fill_evaluations(self, tasks: Sequence[EvaluateTask]) -> list[EvaluateTask]:
        """The tasks with their candidates' files."""


class Observer(Protocol):
    """Watches a run; nothing it does changes the run."""

    def tell(self, event: Event) -> None:
        """One event, after it was recorded."""

    def tick(self, proposing: int, judging: int) -> None:
        """Once an iteration, with what is in flight."""


class Mail(Protocol):
    """What people send to a run while it goes on."""

    def take(self) -> Sequence[Steering]:
        """What came since the last time."""

    def recorded(self) -> None:
        """What was taken is on disk now."""


class NoMail:
    """Nobody sends anything."""

    def take(self) -> Sequence[Steering]:
        """Nothing."""
        return ()

    def recorded(self) -> None:
        """Nothing was taken."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a run stopped. `met`: its budget was spent or its target reached."""

    met: bool
    reason: str
    interrupted: bool = False


@dataclass(slots=True)
class Engine:
    """Everything that takes part in a run.

    Attributes:
        learners: told every event after `search`, `archive` and `budget`: operators, a value model.
        observers: told live events only, not replayed ones.
        n_seeds: how many seeds the problem has; a run none of whose seeds is ``ok`` is refused.
        deterministic: wait for all that is in flight before deciding again, so that decisions do
            not depend on what happens to finish first.
        stop: asked once an iteration; True interrupts the run.
        mail: advice of people, recorded and told like any other event.
    """

    search: Search
    archive: Shelf
    budget: Budget
    journal: Journal
    proposers: Pool[ProposeTask]
    evaluators: Pool[EvaluateTask]
    learners: Sequence[Learner] = ()
    observers: Sequence[Observer] = ()
    n_seeds: int = 1
    deterministic: bool = False
    stop: Callable[[], bool] = lambda: False
    mail: Mail = field(default_factory=NoMail)
    _waiting: "dict[int, asyncio.Future[list[Event]]]" = field(default_factory=dict)
    _replies: "list[tuple[Reply, asyncio.Future[None]]]" = field(default_factory=list)

    async def run(self) -> Ending:
        """Replays the journal, then searches until the budget is met or nothing is left to do.

        Raises:
            ProblemError: every seed was judged and none is ``ok``.
            StorageFull: the journal cannot be written; what was acknowledged is kept.
            EndedEarly: the evaluators' machines are gone.
        """
        seeds = SeedCheck(self.n_seeds)
        for event in self.journal.replay():
            self.tell(event)
            seeds.tell(event)
        while not (ending := self._ending()):
            await self.evaluators.submit(self._choose())
            await self.proposers.submit(self._ask())
            if not self.in_flight:
                if reason := self.budget.proposed_out:
                    return Ending(met=True, reason=reason)
                return Ending(met=False, reason="the search has nothing left to propose or to judge")
            await self._absorb(seeds)
        if ending.met:
            await self._drain()
        return ending

    async def record(self, reply: Reply) -> None:
        """Writes a model's reply down and tells it, at once: what was paid for is never lost.

        Replies that arrive together share a frame of the journal.

        Raises:
            StorageFull: it could not be written.
        """
        written = asyncio.get_running_loop().create_future()
        self._replies.append((reply, written))
        if len(self._replies) == 1:
            asyncio.get_running_loop().call_soon(self._write_replies)
        await written

    async def judge(self, tasks: Sequence[EvaluateTask]) -> None:
        """Judges `tasks` outside the search's own choice, such as the best few on ``selection``."""
        todo = list(tasks)
        while todo or self.evaluators.in_flight:
            if self.stop():
                return
            n = min(len(todo), self.evaluators.free)
            await self.evaluators.submit(self.archive.fill_evaluations(todo[:n]))
            todo = todo[n:]
            await self._absorb()

    @property
    def in_flight(self) -> int:
        """Tasks that were submitted and have not come back."""
        return self.proposers.in_flight + self.evaluators.in_flight

    def tell(self, event: Event) -> None:
        """Hands one recorded event to everything that learns."""
        for learner in (self.search, self.archive, self.budget, *self.learners):
            learner.tell(event)

    def _ending(self) -> Ending | None:
        if self.stop():
            return Ending(met=False, reason="interrupted", interrupted=True)
        if reason := self.budget.met:
            return Ending(met=True, reason=reason)
        if reason := self.budget.stalled:
            return Ending(met=False, reason=reason)
        return None

    def _ask(self) -> list[ProposeTask]:
        room = self.budget.allow_proposals(self.proposers.in_flight)
        n = min(self.proposers.free, room)
        return self.archive.fill_proposals(self.search.ask(n)) if n else []

    def _choose(self) -> list[EvaluateTask]:
        room = self.budget.allow_evaluations(self.evaluators.in_flight)
        n = min(self.evaluators.free, room)
        return self.archive.fill_evaluations(self.search.choose(n)) if n else []

    async def _absorb(self, *checks: "SeedCheck") -> None:
        self._keep(self._mark_duplicates(await self._next_events()), checks)
        if sent := self.mail.take():
            self._keep(sent)
            self.mail.recorded()
        for observer in self.observers:
            observer.tick(self.proposers.in_flight, self.evaluators.in_flight)

    def _keep(self, events: Sequence[Event], checks: Sequence["SeedCheck"] = ()) -> None:
        """Records `events`, then tells them to everybody."""
        if events:
            self.journal.append(events)
        for event in events:
            self.tell(event)
            for observer in self.observers:
                observer.tell(event)
            for check in checks:
                check.tell(event)

    def _write_replies(self) -> None:
        """Keeps every reply that came since the last time, and lets those who wait for that go on."""
        replies, self._replies = self._replies, []
        failure: Exception | None = None
        try:
            self._keep([reply for reply, _ in replies])
        except (EvoError, OSError) as error:
            failure = error  # it is raised where the reply was awaited, and ends the run from there
        for _, written in replies:
            if written.done():
                continue  # the task that waited was given up
            if failure is None:
                written.set_result(None)
            else:
                written.set_exception(failure)

    async def _drain(self) -> None:
        """Waits for the proposals in flight and keeps them: what they wait for has been ordered and is paid."""
        clock = asyncio.get_running_loop().time
        end = clock() + DRAIN_S
        while self.proposers.in_flight and (left := end - clock()) > 0 and not self.stop():
            if 0 not in self._waiting:
                self._waiting[0] = asyncio.ensure_future(self.proposers.results())
            await asyncio.wait([self._waiting[0]], timeout=min(left, NOTICE_S))
            if self._waiting[0].done():
                self._keep(self._mark_duplicates(self._waiting.pop(0).result()))

    async def _next_events(self) -> list[Event]:
        """At least one event of either pool, proposals first; all of them if `deterministic`."""
        waiting = self._waiting  # outlives the iteration: a cancelled call for results would lose events
        pools: tuple[Pool[Any], ...] = (self.proposers, self.evaluators)
        for i, pool in enumerate(pools):
            if i not in waiting and pool.in_flight:
                waiting[i] = asyncio.ensure_future(pool.results())
        if self.deterministic:
            while not all(call.done() for call in waiting.values()):
                if self.stop():
                    return []  # what is done stays here; a stopped run decides nothing more
                await asyncio.wait(waiting.values(), timeout=NOTICE_S, return_when=asyncio.ALL_COMPLETED)
        else:
            left = self.budget.seconds_left
            # Woken at least this often to notice a stop or the end of the time budget.
            pause = NOTICE_S if left is None else max(0.0, min(NOTICE_S, left))
            await asyncio.wait(waiting.values(), timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        done = [i for i in sorted(waiting) if waiting[i].done()]
        return [event for i in done for event in waiting.pop(i).result()]

    async def close(self) -> None:
        """Gives up what is in flight and ends the workers."""
        for call in self._waiting.values():
            call.cancel()
        await asyncio.gather(*self._waiting.values(), return_exceptions=True)
        self._waiting.clear()
        await self.proposers.close()
        await self.evaluators.close()

    def _mark_duplicates(self, events: Sequence[Event]) -> list[Event]:
        """Proposals of a candidate that is known become duplicates: its result is known, nothing is paid."""
        fresh: set[str] = set()
        marked: list[Event] = []
        for event in events:
            if isinstance(event, Proposal) and event.status == "ok" and event.candidate:
                name = event.candidate.id
                if name in fresh or self.archive.seen(name):
                    marked.append(replace(event, status="duplicate"))
                    continue
                fresh.add(name)
            marked.append(event)
        return marked


class SeedCheck:
    """Refuses a problem none of whose seeds is ``ok``, as soon as that is known."""

    def __init__(self, n_seeds: int) -> None:
        self.n_seeds = n_seeds
        self.waiting: set[str] = set()
        self.reasons: list[str] = []
        self.passed = False

    def tell(self, event: Event) -> None:
        """Notes seeds and their verdicts; anything that is no seed is ignored.

        Raises:
            ProblemError: no seed is left that could still be ``ok``.
        """
        if self.passed:
            return
        if isinstance(event, Proposal) and event.operator == "seed":
            if event.candidate is not None and event.status == "ok":
                self.waiting.add(event.candidate.id)
            else:
                self.reasons.append(event.reason or event.status)
        elif isinstance(event, Evaluation) and event.candidate in self.waiting:
            if event.status == "ok":
                self.passed = True
            elif event.status != "lost":
                self.waiting.discard(event.candidate)
                self.reasons.append(f"{event.status}: {event.feedback}")
        if len(self.reasons) >= self.n_seeds and not self.passed:
            raise ProblemError(
                "the problem's seed is not ok, so there is nothing to start from. "
                f"{'; '.join(self.reasons)}. See: evo problem check DIR"
            )
