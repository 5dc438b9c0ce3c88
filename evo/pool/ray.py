"""Judging on Ray: a fixed set of warm workers, fed from a queue, replaced when they die.

Import this module late: Ray costs 0.6 CPU seconds before anything is started.
"""

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

from evo.errors import ConfigError, EndedEarly, EvoError, PluginError
from evo.pool import staffing
from evo.pool.cluster import connect
from evo.pool.crew import Call, Group, Worker, group_stages
from evo.pool.health import Health
from evo.pool.pace import SLICE_S, Pace
from evo.pool.packing import pack
from evo.pool.worker import Answer, Presence, RemoteWorker, WorkerSpec, failed
from evo.types import SPLITS, EvaluateTask, Evaluation, Event, Stage

TICK_S = 0.25
"""How often deadlines are looked at; a call may overrun its own by so much."""

FAREWELL_S = 5.0
"""An idle worker gets so long to end its evaluator."""

FIRST_STARTS = 3
"""Workers that may fail to start, before any has, until that is taken for a fault of the set-up."""

_SUMMARY_CHARACTERS = 600
_NODE_DIED = "its node has died"
"""What Ray says of it before the list of nodes does."""

_log = logging.getLogger("evo.pool")


class RayPool:
    """Judges on Ray workers, one evaluator in each, kept warm.

    A worker that dies, or overruns the deadline of its call, is replaced and counted in `losses`.
    The tasks of the call it was carrying out come back ``lost``, each once, with the reason as
    feedback; to try one again is the search's to decide. Calls that were only queued at it go to
    another worker: its call is the first that it has not answered.

    Args:
        spec: makes the evaluator in each worker.
        address: of the Ray cluster: ``local`` starts one here, ``auto`` uses the one that runs on
            this machine, ``host:port`` a given one.
        slots: most workers for each set of needs; None for as many as the machines hold.
        in_flight_per_slot: calls that a worker may have, one of them being carried out.
        max_in_flight: tasks in the pool at most.
        margin_s: a call may take so much longer than its stage's time limit before its worker is killed.
        start_timeout_s: for making the evaluator, in a worker that lives.
        patience_s: the run ends early when there has been no worker for so long.
        health_timeout_s: the run ends early when Ray's head has not answered for so long. Below a
            minute, for after one Ray ends this process.

    Attributes:
        losses: why a worker was lost -> how often.
        sandbox_level: lowest level of the workers' sandboxes so far; empty before the first.
        deterministic: results come in any order.

    Raises:
        ConfigError: a setting is out of range, there is no such cluster, or this machine alone
            can never offer what a stage needs.
        EndedEarly: Ray does not start.
    """

    deterministic = False

    def __init__(
        self,
        spec: WorkerSpec,
        *,
        address: str = "local",
        slots: int | None = None,
        in_flight_per_slot: int = 2,
        max_in_flight: int = 1000,
        margin_s: float = 10.0,
        start_timeout_s: float = 120.0,
        patience_s: float = 120.0,
        health_timeout_s: float = 30.0,
    ) -> None:
        counts = {"slots": slots, "in_flight_per_slot": in_flight_per_slot, "max_in_flight": max_in_flight}
        for name, value in counts.items():
            if value is not None and value < 1:
                raise ConfigError(f"pool.{name} must be at least 1, got {value}.")
        self._spec = spec
        self._depth, self._most = in_flight_per_slot, max_in_flight
        self._margin_s, self._start_timeout_s = margin_s, start_timeout_s
        self._stages = _all_stages(spec)
        self._by_stage = group_stages(list(self._stages.values()), slots)
        self._groups = list(dict.fromkeys(self._by_stage.values()))
        self._paces = {name: Pace() for name in self._stages}
        self.losses: Counter[str] = Counter()
        self.sandbox_level = ""
        self._done: list[Evaluation] = []
        self._open = 0
        self._news = asyncio.Event()
        self._failure: BaseException | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._began = self._staffed = self._closed = False
        # The pool's own clock stands still while this process does: see `_advance`.
        self._now = 0.0
        self._last_loss = ""
        cpus = math.ceil(sum(slots * group.need.num_cpus for group in self._groups)) if slots else None
        self._cluster = connect(address, cpus)
        try:
            self._health = Health(self._cluster, patience_s, health_timeout_s)
            self._set_slots()
            self._check_needs()
            self._actor = self._cluster.ray.remote(RemoteWorker)
            self._packed = pack(spec, self._cluster.ray.cloudpickle)
        except EvoError:
            self._cluster.close()
            raise

    @property
    def slots(self) -> int:
        """Workers that the pool has or means to have, of the kind that most tasks need."""
        return self._groups[0].n_slots

    @property
    def frontier(self) -> int:
        """How many unjudged candidates are worth keeping ready."""
        return max(1, self.slots) * self._depth

    @property
    def free(self) -> int:
        """How many tasks can be submitted now: what keeps the workers busy, and no more."""
        first, *others = self._groups
        most = self._capacity(first) + sum(self._capacity(group) for group in others if group.workers)
        return max(0, min(most, self._most) - self.in_flight)

    @property
    def in_flight(self) -> int:
        """How many were submitted and have not come back."""
        return self._open + len(self._done)

    async def submit(self, tasks: Sequence[EvaluateTask]) -> None:
        """Takes tasks in, beyond `free` too but not beyond `max_in_flight`; the first call starts the workers.

        Raises:
            ValueError: more than `max_in_flight` tasks would be in the pool.
            KeyError: a task names a stage that the problem does not have.
        """
        if self.in_flight + len(tasks) > self._most:
            raise ValueError(
                f"the pool holds {self._most} tasks at most, has {self.in_flight} and got {len(tasks)} more"
            )
        groups = [self._by_stage[task.stage] for task in tasks]
        for group, task in zip(groups, tasks, strict=True):
            group.waiting.append(task)
        self._open += len(tasks)
        if not self._began:
            self._begin()
        self._dispatch()

    async def results(self) -> list[Event]:
        """Waits until at least one is done, then returns all that are, in any order.

        Raises:
            EndedEarly: there is no worker and none to be had, or Ray's head is gone.
            EvoError: what an evaluator raises on purpose.
        """
        while not self._done:
            if self._failure is not None:
                raise self._failure
            if not self._open:
                return []
            self._news.clear()
            await self._news.wait()
        done, self._done = self._done, []
        return [*done]

    async def close(self) -> None:
        """Ends the workers, and Ray if this pool started it. What is in flight is given up."""
        if self._closed:
            return
        self._closed = True
        self._health.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        workers = [worker for group in self._groups for worker in group.workers]
        reachable = [] if isinstance(self._failure, EndedEarly) else workers
        farewells = [self._bid_farewell(w) for w in reachable if w.ready is not None and not w.calls]
        if not self._cluster.owned:
            # A worker that is killed while Ray makes it may keep its lease of the node for good.
            farewells += [self._hear_from(w) for w in reachable if w.alive is None]
        if farewells:
            await asyncio.wait(list(map(asyncio.ensure_future, farewells)), timeout=FAREWELL_S)
        for worker in workers:
            self._kill(worker)
        self._cluster.close(keep_logs=isinstance(self._failure, EndedEarly))

    # -- dispatch: tasks to workers, answers back ---------------------------------------------------

    def _dispatch(self) -> None:
        """Sends what waits to workers that have room for it."""
        for group in self._groups:
            while group.waiting:
                pace = self._paces[group.waiting[0].stage]
                depth = group.next_depth(self._depth, pace)
                openings = group.openings(depth)
                if not openings:
                    break
                worker = max(openings, key=openings.__getitem__)
                call = Call(group.next_batch(depth, pace), None if worker.calls else self._now)
                worker.calls.append(call)
                self._start(self._follow(worker, call, worker.handle.judge.remote(call.tasks, SLICE_S)))

    async def _follow(self, worker: Worker, call: Call, answer: Any) -> None:
        """Waits for the answer to a call; one that comes when its worker is given up on is dropped."""
        try:
            found: Answer = await answer
        except self._cluster.ray.exceptions.RayError as error:
            if not worker.gone:
                self._blame(worker, error)
            return
        if worker.gone:
            return
        worker.calls.remove(call)
        worker.idle = self._now
        if worker.calls:
            worker.calls[0].since = self._now
        for verdict, seconds in zip(found.verdicts, found.seconds, strict=True):
            self._paces[verdict.stage].add(seconds)
            worker.group.pace.add(seconds)
        if found.failures:
            self.losses["evaluator failed"] += found.failures
        worker.group.waiting.extendleft(reversed(call.tasks[len(found.verdicts) :]))  # not begun: first again
        self._finish(found.verdicts)
        if worker.leaving and not worker.calls:
            self._start(self._dismiss(worker))
        self._dispatch()

    def _finish(self, verdicts: Sequence[Evaluation]) -> None:
        self._done += verdicts
        self._open -= len(verdicts)
        self._news.set()

    def _capacity(self, group: Group) -> int:
        """Tasks that keep the group's workers busy; before the first is ready, those it will have."""
        workers = sum(1 for _ in group.ready()) if self._staffed else group.n_slots
        return max(1, workers) * self._depth * group.pace.batch

    # -- workers: hired, lost, dismissed -------------------------------------------------------------

    def _begin(self) -> None:
        self._began = True
        self._start(self._keep_watch())
        self._health.watch()
        self._staff()

    def _staff(self) -> None:
        """Hires workers up to the slots, and makes room for a group that has none."""
        if plan := staffing.dismissals(self._health.nodes, self._groups, self._now):
            plan[0].claim = True
            for worker in plan[1]:
                worker.leaving = True
                if not worker.calls:
                    self._start(self._dismiss(worker))
        for group in staffing.hires(self._health.nodes, self._groups, self._now):
            need = group.need
            options = {
                "num_cpus": need.num_cpus,
                "num_gpus": need.num_gpus,
                "resources": dict(need.resources),
                "max_restarts": 0,
                "max_task_retries": 0,
            }
            handle = self._actor.options(**options).remote(self._packed, need.num_gpus > 0)
            worker = Worker(group, handle)
            group.workers.append(worker)
            group.claim = False
            self._start(self._welcome(worker))

    async def _welcome(self, worker: Worker) -> None:
        """Brings a new worker to where it takes calls."""
        try:
            presence: Presence = await worker.handle.hello.remote()
            worker.node, worker.place, worker.alive = *presence, self._now
            level: str = await worker.handle.start.remote()
        except self._cluster.ray.exceptions.RayError as error:
            if not worker.gone:
                self._blame(worker, error)
            return
        if worker.gone:
            return
        worker.ready = worker.idle = self._now
        worker.group.failed_starts = 0
        self._staffed = True
        self.sandbox_level = min(filter(None, (self.sandbox_level, level)), default="")
        self._dispatch()

    def _blame(self, worker: Worker, error: Exception) -> None:
        """Takes a worker's call for lost, or ends the run, by what Ray raised instead of an answer."""
        cause = getattr(error, "cause", None)
        if isinstance(cause, EvoError):
            self._fail(cause)
            return
        if worker.ready is None and isinstance(cause, Exception) and not self._staffed:
            reference = self._spec.problem.evaluator
            failure = PluginError(f"evaluator {reference} does not start: {type(cause).__name__}: {cause}")
            failure.__cause__ = cause
            self._fail(failure)
            return
        reason = "worker failed" if cause is not None else "worker died"
        if (worker.node and worker.node not in self._health.nodes) or _NODE_DIED in str(error):
            reason = "node died"
        self._lose(worker, reason, _summary(error))

    def _lose(self, worker: Worker, reason: str, detail: str) -> None:
        """Gives up on a worker: its call comes back ``lost``, what queued behind goes to another."""
        self._kill(worker)
        self.losses[reason] += 1
        group, self._last_loss = worker.group, f"{reason} ({worker.place}): {detail.strip()}"
        _log.warning("lost a worker: %s", self._last_loss)
        if worker.ready is None:
            group.failed_starts += 1
            group.retry = self._now + min(30.0, 0.5 * 2**group.failed_starts)
        calls, worker.calls = list(worker.calls), type(worker.calls)()
        for call in reversed(calls[1:]):
            group.waiting.extendleft(reversed(call.tasks))
        for call in calls[:1]:
            company = f", one of {len(call.tasks)} tasks in its call" if len(call.tasks) > 1 else ""
            why = f"The worker was lost{company}. {self._last_loss}"
            self._finish([failed(task, "lost", why, self._spec.verified) for task in call.tasks])
        if group.failed_starts >= FIRST_STARTS and not self._staffed:
            self._fail(EndedEarly(f"no worker starts. {self._last_loss}.{self._cluster.logs}"))
        self._staff()
        self._dispatch()

    def _kill(self, worker: Worker) -> None:
        worker.gone = True
        if worker in worker.group.workers:
            worker.group.workers.remove(worker)
        if not isinstance(self._failure, EndedEarly):  # with a dead head this blocks for a minute
            self._cluster.ray.kill(worker.handle, no_restart=True)

    async def _dismiss(self, worker: Worker) -> None:
        await asyncio.wait([asyncio.ensure_future(self._bid_farewell(worker))], timeout=FAREWELL_S)
        if not worker.gone:
            self._kill(worker)
            self._staff()

    async def _bid_farewell(self, worker: Worker) -> None:
        with suppress(self._cluster.ray.exceptions.RayError):  # dead already, which is what is wanted
            await worker.handle.close.remote()

    async def _hear_from(self, worker: Worker) -> None:
        with suppress(self._cluster.ray.exceptions.RayError):
            await worker.handle.hello.remote()

    # -- watch: deadlines, nodes, Ray itself -----------------------------------------------------------

    async def _keep_watch(self) -> None:
        before = time.monotonic()
        while self._failure is None:
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            self._advance(now - before)
            before = now

    def _advance(self, elapsed: float) -> None:
        """Lets at most a second pass, however long this process was stopped or busy: answers may be waiting."""
        step = min(elapsed, 1.0)
        self._now += step
        workers = [worker for group in self._groups for worker in group.workers]
        for worker in workers:
            late = worker.alive is not None and self._now - worker.alive > self._start_timeout_s
            if worker.calls and self._overrun(worker.calls[0]):
                self._lose(worker, "deadline", f"no answer within {self._limit(worker.calls[0]):g} s")
            elif worker.ready is None and late:
                self._lose(worker, "start deadline", f"not ready within {self._start_timeout_s:g} s")
        self._health.advance(step, not self._open or any(worker.ready is not None for worker in workers))
        needs = "; ".join(str(group.need) for group in self._groups if group.waiting)
        if fault := self._health.fault(needs, self._last_loss):
            self._fail(fault)
        self._set_slots()
        self._staff()
        self._dispatch()

    def _limit(self, call: Call) -> float:
        """Seconds a call may take: no task is begun after the slice, so one task's limit is added to it."""
        return SLICE_S + max(self._stages[task.stage].longest_s for task in call.tasks) + self._margin_s

    def _overrun(self, call: Call) -> bool:
        return call.since is not None and self._now - call.since > self._limit(call)

    def _set_slots(self) -> None:
        for group in self._groups:
            held = staffing.slots(self._health.nodes, group.need)
            group.n_slots = max(1, held) if group.limit is None else group.limit

    def _check_needs(self) -> None:
        """A single machine does not grow: what it cannot hold now, it never can."""
        for name in self._stages:
            need = self._by_stage[name].need
            if self._cluster.local and not staffing.slots(self._health.nodes, need):
                raise ConfigError(f"stage {name!r} needs {need}; {self._health.offer()}.")

    # -- background work -------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)  # a mistake of ours: told by `results`, not swallowed

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error
        self._news.set()


def _all_stages(spec: WorkerSpec) -> dict[str, Stage]:
    """Every stage a task may name, those that exist without being declared too."""
    problem = spec.problem
    return {stage.name: stage for stage in (*problem.stages, *map(problem.stage, SPLITS[1:]))}


def _summary(error: Exception) -> str:
    """What Ray says of a lost worker, without its ids and its advice."""
    text = " ".join(str(error).split())
    told = text.partition("The actor is dead because")[2] or text.partition("The actor died because")[2]
    return (told or text).partition(" Some common causes")[0].strip()[:_SUMMARY_CHARACTERS]
