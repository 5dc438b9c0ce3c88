"""Making candidates, in this process: operators compute for milliseconds or wait for a model."""

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from evo.errors import BudgetSpent, ConfigError, EvoError, InvalidCandidate, ModelLost, one_of
from evo.identity import candidate_id
from evo.pool.worker import last_lines
from evo.roles import Operator
from evo.types import Attempt, Candidate, Event, Proposal, ProposeTask


class Proposers:
    """Runs operators: those that compute take turns, those that wait (coroutines) wait together.

    Args:
        operators: by the name that tasks ask for.
        slots: how many proposals are made at the same time.
        ordered: `results` returns everything that was submitted, in that order; otherwise it
            returns whatever is done.
        check: gives the files of a candidate in the form that counts, so that those that mean the same are the
            same candidate; one that breaks the problem's rules it refuses by raising `InvalidCandidate`, before
            anything is spent on judging it.
        clock: wall seconds.
    """

    def __init__(
        self,
        operators: Mapping[str, Operator],
        slots: int = 8,
        ordered: bool = False,
        check: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._operators = operators
        self._slots = slots
        self._ordered = ordered
        self._check = check
        self._clock = clock
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._running: dict[asyncio.Task[Proposal], None] = {}  # in the order of submission

    @property
    def free(self) -> int:
        """How many tasks can be submitted now."""
        return max(0, self._slots - self.in_flight)

    @property
    def in_flight(self) -> int:
        """How many were submitted and have not come back."""
        return len(self._running)

    async def submit(self, tasks: Sequence[ProposeTask]) -> None:
        """Takes tasks in.

        Raises:
            ConfigError: a task asks for an operator that there is not.
        """
        for task in tasks:
            if task.operator not in self._operators:
                hint = one_of(task.operator, list(self._operators))
                raise ConfigError(f"the run has no operator {task.operator!r}. {hint}")
        for task in tasks:
            running = asyncio.ensure_future(self._propose(task))
            running.add_done_callback(lambda _: self._news.set())
            self._running[running] = None

    async def results(self) -> list[Event]:
        """Waits until at least one is done (all, if ordered), then returns all that are.

        Raises:
            EvoError: what an operator raises on purpose, but for `InvalidCandidate`: it would meet
                every other task too.
        """
        while self._running:
            done = [running for running in self._running if running.done()]
            if done and (not self._ordered or len(done) == len(self._running)):
                # What is done is handed over before an error is: it may have been paid for.
                chosen = [running for running in done if not running.exception()] or done[:1]
                for running in chosen:
                    del self._running[running]
                return [running.result() for running in chosen]
            self._news.clear()
            await self._news.wait()
        return []

    async def close(self) -> None:
        """Gives up what is in flight."""
        for running in self._running:
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()

    async def _propose(self, task: ProposeTask) -> Proposal:
        await self._turn.acquire()
        await asyncio.sleep(0)  # between two that compute, the evaluators' answers are heard
        start, cpu = self._clock(), time.thread_time()
        try:
            try:
                made = self._operators[task.operator](task)
            finally:
                cpu = time.thread_time() - cpu
                self._turn.release()
            attempt = self._checked(_attempt(task, await made if inspect.isawaitable(made) else made))
        except InvalidCandidate as refusal:
            attempt = Attempt(None, model=task.model, status="invalid", reason=str(refusal))
        except ModelLost as error:
            attempt = Attempt(None, model=task.model, status="lost", reason=str(error), rung="model")
        except BudgetSpent as error:
            attempt = Attempt(None, model=task.model, status="lost", reason=str(error), rung="budget")
        except EvoError:
            raise
        except Exception as error:  # noqa: BLE001  here a failing operator becomes a status
            attempt = Attempt(None, model=task.model, status="crashed", reason=last_lines(error))
        return Proposal(
            number=task.number,
            operator=task.operator,
            parents=task.parents,
            candidate=attempt.candidate,
            status=attempt.status,
            reason=attempt.reason,
            known=task.known,
            seconds=self._clock() - start,
            usage=replace(attempt.usage, cpu_s=attempt.usage.cpu_s + cpu),
            model=attempt.model or task.model,
            rung=attempt.rung,
            repairs=task.repairs,
        )

    def _checked(self, attempt: Attempt) -> Attempt:
        """The attempt with its candidate in the form that counts, or what it cost and why its candidate is none."""
        if self._check is None or attempt.candidate is None:
            return attempt
        try:
            files = self._check(attempt.candidate.files)
        except InvalidCandidate as refusal:
            return replace(attempt, candidate=None, status="invalid", reason=str(refusal), rung="compile")
        candidate = replace(attempt.candidate, id=candidate_id(files), files=dict(files))
        return replace(attempt, candidate=candidate)


def _attempt(task: ProposeTask, made: object) -> Attempt:
    """What an operator returned, with its bill.

    Raises:
        TypeError: it is neither a candidate nor an attempt.
    """
    if isinstance(made, Candidate):
        return Attempt(made)
    if not isinstance(made, Attempt):
        raise TypeError(f"operator {task.operator} returned {type(made).__name__}, no Candidate")
    return made
