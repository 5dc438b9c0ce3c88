"""Judging in this process: what a run does is then a function of its seed."""

from collections import Counter, deque
from collections.abc import Sequence

from evo.errors import EvoError
from evo.pool.worker import Warm, WorkerSpec
from evo.types import EvaluateTask, Evaluation, Event


class InlinePool:
    """Judges in this process, one after the other, in the order of submission.

    Args:
        spec: makes the evaluator on first use.
        slots: how many tasks are taken at once; they are judged one by one all the same.

    Attributes:
        deterministic: everything submitted is done when `results` returns.
        losses: what went wrong -> how often.
    """

    deterministic = True

    def __init__(self, spec: WorkerSpec, slots: int = 1) -> None:
        self.slots = slots
        self.losses: Counter[str] = Counter()
        self._warm = Warm(spec.build)
        self._waiting: deque[EvaluateTask] = deque()

    @property
    def frontier(self) -> int:
        """How many unjudged candidates are worth keeping ready."""
        return self.slots

    @property
    def free(self) -> int:
        """How many tasks can be submitted now."""
        return max(0, self.slots - self.in_flight)

    @property
    def in_flight(self) -> int:
        """How many were submitted and have not come back."""
        return len(self._waiting)

    @property
    def sandbox_level(self) -> str:
        """Level candidates are held by; makes the evaluator if there is none yet."""
        return self._warm.open().sandbox_level

    async def submit(self, tasks: Sequence[EvaluateTask]) -> None:
        """Takes tasks in; they are judged in `results`."""
        self._waiting.extend(tasks)

    async def results(self) -> list[Event]:
        """Judges everything submitted, and returns all of it in order.

        Raises:
            EvoError: what the evaluator raises on purpose.
        """
        verdicts: list[Evaluation] = []
        while self._waiting:
            try:
                verdicts.append(self._warm.judge(self._waiting[0]))
            except EvoError:
                if verdicts:
                    break  # what is done is handed over first; the next call raises
                raise
            self._waiting.popleft()
        if self._warm.failures:
            self.losses["evaluator failed"] = self._warm.failures
        return [*verdicts]

    async def close(self) -> None:
        """Ends the evaluator. What is in flight is given up."""
        self._waiting.clear()
        self._warm.close()
