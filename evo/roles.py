"""The roles: what a search, an operator, an evaluator and the services around them must offer.

They are Protocols: a class takes part by having the methods, not by inheriting. Everything that
learns is told the same events in the same order, first from the journal and then live, and must
come to the same state from the same events.
"""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from evo.types import (
    Attempt,
    CallRole,
    Candidate,
    EvaluateTask,
    Evaluation,
    Event,
    Forecast,
    ProposeTask,
    Reply,
    Usage,
)

Task = TypeVar("Task", contravariant=True)


@runtime_checkable
class Learner(Protocol):
    """Anything that changes with what happened."""

    def tell(self, event: Event) -> None:
        """Takes in one event. Told twice, the second time changes nothing."""


class Search(Learner, Protocol):
    """Every decision: who is a parent, what is judged next.

    Pure: no I/O, no clock, no threads, no global random state. What it answers is a function of
    its settings, the run's seed and the events it was told.
    """

    def ask(self, n: int) -> list[ProposeTask]:
        """Up to `n` orders for new candidates; fewer while enough of them wait to be judged.

        Task numbers count up from 0 and are never repeated within one process. Failed
        candidates are never parents.
        """

    def choose(self, n: int) -> list[EvaluateTask]:
        """Up to `n` of the candidates that wait, in the order they should be judged."""


class Operator(Protocol):
    """Makes a candidate from parents.

    An operator that also has ``tell`` (see `Learner`) is told every event. It is built with the
    keyword ``problem`` and its own settings, and, if it takes them, with ``models`` (see `Models`) and
    ``notebook`` (`evo.operators.llm.notebook.Notebook`: what was tried so far). The attributes
    ``n_inspirations``, ``repairs`` and ``step`` are optional, see `OperatorShare`.
    """

    n_parents: int
    """How many parents a task for it carries."""

    def __call__(self, task: ProposeTask) -> Candidate | Attempt | Awaitable[Candidate | Attempt]:
        """The candidate that `task` asks for, drawn from ``task.seed`` alone.

        An operator that asks a language model returns an `Attempt`, which says what it cost, also when
        no candidate came of it.

        Raises:
            InvalidCandidate: none can be made; the message is recorded with the proposal.
        """


class Models(Learner, Protocol):
    """The language models of a run, as an operator sees them. Being told the journal, it knows what was paid for."""

    names: tuple[str, ...]
    """What `ProposeTask.model` may be."""

    async def ask(
        self,
        task: ProposeTask,
        messages: Sequence[Mapping[str, str]],
        *,
        turn: int = 0,
        role: CallRole = "propose",
        temperature: float | None = None,
    ) -> Reply:
        """The answer of ``task.model`` to `messages`, recorded before it is returned.

        Args:
            task: what it is asked for; its seed and number make the answer repeatable.
            messages: each with ``role`` (``system``, ``user``, ``assistant``) and ``content``.
            turn: which call of the task this is, from 0.
            role: what the call is for, in the ledger.
            temperature: in the place of the model's own.

        Raises:
            ModelLost: no answer came, after all retries and fallbacks.
            BudgetSpent: what is left of the budget might not pay for the call.
            NoModelLeft: every model was taken out and the run must not go on without one.
        """

    def bill(self, task: ProposeTask, reply: Reply) -> Usage:
        """What `reply` cost `task`: nothing if it was bought for another task."""

    def room(self, model: str) -> int:
        """Tokens that the messages to `model` may have: its context less the longest answer."""

    def count(self, model: str, text: str) -> int:
        """Tokens of `text` for `model`, about; never much too low."""


class ValueModel(Learner, Protocol):
    """Predicts how good a candidate will be before it is judged.

    It is built with the keywords ``run_seed`` and ``plan`` (`evo.types.Plan`) and its own settings. Being
    told a proposal it keeps what it needs of the candidate, so that it is asked about ids alone; being
    told an evaluation it learns. Like a search it is pure: when it fits itself anew, and to what, follows
    from the events told.
    """

    @property
    def n_labels(self) -> int:
        """How many judged candidates it was told of, since the run began."""

    @property
    def n_fits(self) -> int:
        """How often it was fitted; what it predicts of a candidate changes only when this does."""

    def predict(self, candidates: Sequence[str]) -> Forecast:
        """What it expects of candidates it was told and that were not forgotten, in the order given.

        Before it has learnt anything the forecast is the same for all of them, and finite.

        Raises:
            KeyError: it was not told of one of them.
        """

    def forget(self, candidates: Sequence[str]) -> None:
        """These will not be asked about any more, unless they are told again."""


class Evaluator(Protocol):
    """Judges a candidate safely. Lives in a worker and keeps what is warm between calls.

    It is built with the keywords ``problem`` and ``sandbox`` (`evo.evaluate.Sandbox`) and the
    problem's ``options``. An evaluator whose judge shares a process with the candidate, so that a score
    may be forged, says so with an attribute ``verified = False``. One that takes the results of the first
    `Stage.skip` cases from `EvaluateTask.earlier`, judges those that `Stage.picks` names in that order and
    returns all of them together says ``goes_on = True``: without it candidates cannot race.
    """

    sandbox_level: str
    """``S0`` to ``S3``, found by trying; empty for an evaluator that runs no foreign code."""

    def __call__(self, task: EvaluateTask) -> Evaluation:
        """The verdict. Whatever the candidate does, this returns within the stage's time limit."""

    def close(self) -> None:
        """Ends every process and removes every file it made."""


class Pool(Protocol[Task]):
    """Carries out tasks and hands their results back as events."""

    @property
    def free(self) -> int:
        """How many tasks can be submitted now."""

    @property
    def in_flight(self) -> int:
        """How many were submitted and have not come back."""

    async def submit(self, tasks: Sequence[Task]) -> None:
        """Takes tasks in; returns before they are done."""

    async def results(self) -> list[Event]:
        """Waits until at least one is done, then returns all that are. Empty if none is in flight."""

    async def close(self) -> None:
        """Ends the workers. What is in flight is given up."""


class Journal(Protocol):
    """The one durable, append-only record of a run."""

    def append(self, events: Sequence[Event]) -> None:
        """Writes `events` as one frame and returns when it is on disk: all of them or none.

        Raises:
            StorageFull: it could not be written; the journal ends with the last good frame.
        """

    def replay(self) -> Iterator[Event]:
        """Every event acknowledged so far, in order."""

    def close(self) -> None:
        """Flushes and unlocks."""
