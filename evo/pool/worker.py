"""What judges, wherever it runs: how an evaluator is made, kept warm, and what its failures become."""

import os
import pickle
import socket
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from evo import plugins
from evo.errors import EvoError, InvalidCandidate, ProblemError
from evo.roles import Evaluator
from evo.types import EvaluateTask, Evaluation, Problem, Status

REASON_LINES = 12
REASON_CHARACTERS = 4000
_CALLABLES = ("score", "cases", "draw", "vary")
_PLAIN = ("evaluator", "entry", "driver", "stages", "options", "mutable")
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """How a worker makes the evaluator of a problem.

    Pickles small: for a problem that was loaded from a folder, the folder and its parameters go to
    the worker, which loads the functions and cases again, together with the plain settings as they
    are here. A problem made in a notebook goes by value.

    Attributes:
        sandbox: an `evo.evaluate.Sandbox`, handed on to the evaluator; None for its own default.
    """

    problem: Problem
    sandbox: Any = None

    @classmethod
    def of(cls, problem: Problem, sandbox: Any = None) -> "WorkerSpec":
        """A spec whose evaluator is found from any working folder.

        Raises:
            PluginError: the problem's evaluator is a file that does not exist.
        """
        source, colon, name = problem.evaluator.partition(":")
        if colon and source.endswith(".py"):
            source = _portable(plugins.find(source, problem.folder))
            problem = replace(problem, evaluator=f"{source}:{name}")
        return cls(problem, sandbox)

    def build(self) -> Evaluator:
        """The evaluator, new.

        Raises:
            PluginError: it cannot be loaded or does not take the problem's options.
            UnsafeMachine: it cannot be made as safe as the sandbox settings ask for.
        """
        problem = self.problem
        given = {"problem": problem, **({} if self.sandbox is None else {"sandbox": self.sandbox})}
        evaluator: Evaluator = plugins.build(
            problem.evaluator, problem.options, given, near=problem.folder, what="evaluator"
        )
        return evaluator

    @property
    def verified(self) -> bool:
        """Whether its scores can be believed: False where judge and candidate share a process."""
        return is_verified(plugins.load(self.problem.evaluator, self.problem.folder))

    @property
    def by_reference(self) -> bool:
        """Whether a worker can load the problem again from its folder and get this one."""
        problem = self.problem
        if problem.folder is None or not plugins.is_problem(problem.folder):
            return False
        again = plugins.problem(problem.folder, problem.params)
        return all(_mark(getattr(problem, f)) == _mark(getattr(again, f)) for f in ("name", *_CALLABLES))

    def __reduce__(self) -> tuple[Any, ...]:
        """See the class: by reference where that gives the same problem."""
        if not self.by_reference or self.problem.folder is None:
            return WorkerSpec, (self.problem, self.sandbox)
        plain = {name: getattr(self.problem, name) for name in _PLAIN}
        return _reload, (_portable(self.problem.folder), dict(self.problem.params), plain, self.sandbox)


def _reload(folder: str, params: dict[str, Any], plain: dict[str, Any], sandbox: Any) -> WorkerSpec:
    place = plugins.root() / folder
    if not place.is_dir():
        raise ProblemError(
            f"{socket.gethostname()} has no folder {place}, which holds the problem. Every node needs it: use "
            "a shared file system, or ray job submit --working-dir"
        )
    return WorkerSpec(replace(plugins.problem(place, params), **plain), sandbox)


def _portable(path: Path) -> str:
    """`path` relative to evo's own root where it lies below it, for that may differ between machines."""
    path = path.resolve()
    return str(path.relative_to(plugins.root()) if path.is_relative_to(plugins.root()) else path)


def _mark(value: object) -> object:
    """What tells one field of a problem from another without comparing code or arrays."""
    if callable(value):
        return getattr(value, "__module__", ""), getattr(value, "__qualname__", type(value).__name__)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [case.name for case in value]
    return value


class Warm:
    """An evaluator that is made on first use and made anew after it failed.

    Attributes:
        failures: how often the evaluator itself raised.
    """

    def __init__(self, make: Callable[[], Evaluator]) -> None:
        self._make = make
        self._evaluator: Evaluator | None = None
        self.failures = 0

    def open(self) -> Evaluator:
        """The evaluator, made now if there is none."""
        if self._evaluator is None:
            self._evaluator = self._make()
        return self._evaluator

    def judge(self, task: EvaluateTask) -> Evaluation:
        """The verdict; ``lost`` with the traceback's end if the evaluator raises, which says nothing of the candidate.

        Raises:
            EvoError: what the evaluator raises on purpose, but for `InvalidCandidate`: it would meet
                every other candidate too.
        """
        evaluator = self.open()
        try:
            verdict = evaluator(task)
            if not isinstance(verdict, Evaluation):
                raise TypeError(
                    f"{type(evaluator).__name__} returned {type(verdict).__name__}, no Evaluation"
                )
        except InvalidCandidate as refusal:
            verdict = Evaluation.failed("invalid", str(refusal))
        except EvoError:
            raise
        except Exception as error:  # noqa: BLE001  here a failing evaluator becomes a status
            return self._give_up(evaluator, task, last_lines(error))
        return replace(
            verdict,
            candidate=task.candidate,
            stage=task.stage,
            attempt=task.attempt,
            seed=task.seed,
            sandbox=verdict.sandbox or evaluator.sandbox_level,
            verified=verdict.verified and is_verified(evaluator),
        )

    def _give_up(self, evaluator: Evaluator, task: EvaluateTask, why: str) -> Evaluation:
        """Drops an evaluator that raised: what it holds may be broken, and would fail the next candidate."""
        self.failures += 1
        self._evaluator = None
        try:
            evaluator.close()
        except Exception as error:  # noqa: BLE001  it is broken already; both reasons are told
            why = f"{why}\nand while it was closed: {last_lines(error)}"
        return failed(task, "lost", why, is_verified(evaluator))

    def close(self) -> None:
        """Ends the evaluator, if there is one."""
        if self._evaluator is not None:
            self._evaluator.close()
            self._evaluator = None


def is_verified(evaluator: Any) -> bool:
    """Whether an evaluator, or its class, judges in another process than the candidate's.

    One that does not has the attribute ``verified``, which is False, and all that it says is marked.
    """
    return bool(getattr(evaluator, "verified", True))


def failed(task: EvaluateTask, status: Status, feedback: str, verified: bool = True) -> Evaluation:
    """An evaluation of `task` without a verdict on the candidate."""
    return Evaluation(
        task.candidate,
        task.stage,
        task.attempt,
        status,
        feedback=feedback[-REASON_CHARACTERS:],
        seed=task.seed,
        verified=verified,
    )


def last_lines(error: BaseException) -> str:
    """The end of a traceback, with the message last."""
    lines = "".join(traceback.format_exception(error)).strip().splitlines()
    return "\n".join(lines[-REASON_LINES:])[-REASON_CHARACTERS:]


class Presence(NamedTuple):
    """Where a worker lives: Ray's id of its node, and words for people."""

    node: str
    place: str


class Answer(NamedTuple):
    """What a call came to: verdicts on the first tasks of its batch, each with its wall seconds.

    The rest of the batch was not begun. `failures` of them were the evaluator's own.
    """

    verdicts: list[Evaluation]
    seconds: list[float]
    failures: int


class RemoteWorker:
    """One slot of a pool in a process of its own; runs as a Ray actor, one call at a time.

    Args:
        packed: a pickled `WorkerSpec`; unpickled in `start`, so that its errors are told as such.
        gpu: whether the process leases a GPU; if not it is made to see none.
    """

    def __init__(self, packed: bytes, gpu: bool) -> None:
        self._packed = packed
        os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
        if not gpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""

    def hello(self) -> Presence:
        """Answers as soon as the process lives."""
        import ray  # loaded already: this runs in a Ray worker

        place = f"pid {os.getpid()} on {socket.gethostname()}"
        return Presence(ray.get_runtime_context().get_node_id(), place)

    def start(self) -> str:
        """Makes the evaluator; the level of its sandbox."""
        spec: WorkerSpec = pickle.loads(self._packed)  # noqa: S301  the bytes come from our own driver
        self._warm = Warm(spec.build)
        return self._warm.open().sandbox_level

    def judge(self, tasks: Sequence[EvaluateTask], slice_s: float) -> Answer:
        """Judges `tasks` in order, beginning none after `slice_s` seconds, so that no call takes long by number."""
        answer = Answer([], [], 0)
        failures = self._warm.failures
        start = before = time.perf_counter()
        for task in tasks:
            answer.verdicts.append(self._warm.judge(task))
            now = time.perf_counter()
            answer.seconds.append(now - before)
            if now - start >= slice_s:
                break
            before = now
        return answer._replace(failures=self._warm.failures - failures)

    def close(self) -> None:
        """Ends the evaluator."""
        self._warm.close()
