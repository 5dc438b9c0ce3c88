"""Calls a named function of a Python candidate on given inputs, in the jail, and judges what it returns.

The function gets a case's inputs as keyword arguments. What it returns comes back as a claim, from
which the problem's ``score`` recomputes the score here, in another process than the candidate's.
"""

import ast
import hashlib
import json
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from evo import plugins
from evo.errors import ConfigError, MissingExtra, ProblemError, UnsafeMachine, one_of
from evo.evaluate import Jail, Limits, Outcome, Program, Sandbox, StartFailed, Warm, examine, require
from evo.evaluate.inside import wire
from evo.evaluate.judge import Judge, printable
from evo.types import Case, CaseResult, EvaluateTask, Evaluation, Problem, Stage, Status, Usage

ARTEFACT_BYTES = 64 << 10
"""A longer artefact is not kept."""
_AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": statistics.fmean,
    "min": min,
    "sum": math.fsum,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A case as it is put to a candidate: packed inputs, one for each call of the function."""

    case: Case
    calls: tuple[bytes, ...]

    @property
    def apart(self) -> bool:
        """Whether each call needs a process that has not seen the others."""
        return not isinstance(self.case.inputs, Mapping)


class PythonFunction:
    """Judges candidates by what their function returns.

    Args:
        problem: with a ``score`` function.
        sandbox: how candidates are held.
        imports: modules loaded before the candidates come, besides NumPy and common ones.
        aggregate: how the scores of the cases become one: ``mean``, ``min`` or ``sum``.
        fork_per_case: a fresh process for each case, so that nothing is carried from one to the next.
        main: file that defines the function; None for ``main.py``, ``solve.py`` or the only ``.py``.

    Raises:
        UnsafeMachine: this machine cannot hold candidates as `sandbox` asks.
        ProblemError: the problem has no ``score`` or no cases, or inputs that cannot be sent.
        MissingExtra: a module of `imports` is not installed.

    Attributes:
        goes_on: it judges only the cases that an earlier stage has not, so that candidates can race.
    """

    goes_on: ClassVar[bool] = True

    def __init__(
        self,
        problem: Problem,
        sandbox: Sandbox = Sandbox(),  # noqa: B008 - frozen
        *,
        imports: Sequence[str] = (),
        aggregate: Literal["mean", "min", "sum"] = "mean",
        fork_per_case: bool = False,
        main: str | None = None,
    ) -> None:
        if aggregate not in _AGGREGATES:
            raise ConfigError(
                f"aggregate has no choice {aggregate!r}. {one_of(aggregate, list(_AGGREGATES))}"
            )
        self._problem, self._main, self._fork_per_case = problem, main, fork_per_case
        self._aggregate = _AGGREGATES[aggregate]
        self._judge = Judge(problem)
        self._cases = problem.all_cases()
        if not self._cases:
            raise ProblemError(f"problem {problem.name} has no cases; give it at least one Case.")
        self._asked: dict[int, _Asked] = {}
        self._jail = _open_jail(problem, sandbox, tuple(imports))
        try:
            self.report = examine(self._jail)
            require(self.report, sandbox)
        except BaseException:
            self._jail.close()
            raise
        self.sandbox_level: str = self.report.level

    def __call__(self, task: EvaluateTask) -> Evaluation:
        """The verdict on one candidate at one stage; what `task.earlier` holds is not judged again.

        Raises:
            ProblemError: the stage's split has no cases.
        """
        stage = self._problem.stage(task.stage)
        numbers = stage.chosen([i for i, case in enumerate(self._cases) if case.split == stage.split])
        if not numbers:
            raise ProblemError(f"problem {self._problem.name} has no cases of the split {stage.split!r}.")
        earlier = _taken_over(task, stage)
        if earlier is not None:
            del numbers[: stage.skip]
        asked = [self._ask(number, task.seed) for number in numbers]
        outcome = self._run(task, stage, asked, _spent_s(earlier))
        verdict = self._verdict(outcome, asked, numbers, task.seed)
        return replace(
            verdict if earlier is None else self._joined(earlier, verdict),
            candidate=task.candidate,
            stage=task.stage,
            attempt=task.attempt,
            seconds=max(outcome.wall_s, outcome.cpu_s),
            usage=Usage(cpu_s=outcome.cpu_s),
            sandbox=self.sandbox_level,
            seed=task.seed,
        )

    def close(self) -> None:
        """Ends the jailed process and removes its files."""
        self._jail.close()

    def _ask(self, number: int, seed: int) -> _Asked:
        """The case as it is asked this time; packed once if it is always the same."""
        if number in self._asked:
            return self._asked[number]
        case = self._cases[number]
        if self._problem.vary is not None:
            return self._pack(self._problem.vary(case, _generator(seed, number, "inputs")))
        return self._asked.setdefault(number, self._pack(case))

    def _pack(self, case: Case) -> _Asked:
        parts = [case.inputs] if isinstance(case.inputs, Mapping) else case.inputs
        try:
            return _Asked(case, tuple(wire.pack(dict(part)) for part in parts))
        except wire.WireError as error:
            name = self._problem.name
            raise ProblemError(f"problem {name}: the inputs of case {case.name} hold {error}.") from None

    def _run(self, task: EvaluateTask, stage: Stage, asked: Sequence[_Asked], spent_s: float) -> Outcome:
        """Makes all calls, in as few processes as they may share, until one fails."""
        program = Program(task.files, self._problem.entry, self._main, _candidate_seed(task.seed))
        limits = Limits(wall_s=stage.timeout_s, memory_mb=stage.memory_mb)
        done = Outcome("ok")
        for group in self._groups(asked):
            left = stage.timeout_s - spent_s - max(done.wall_s, done.cpu_s)
            if left <= 0:
                text = f"It ran longer than {stage.timeout_s:g} s."
                return replace(done, status="timeout", feedback=text)
            done = _after(done, self._jail.run(program, group, replace(limits, wall_s=left)))
            if done.status != "ok":
                break
        return done

    def _groups(self, asked: Sequence[_Asked]) -> Iterator[tuple[bytes, ...]]:
        """The calls, in order, by the process they are made in."""
        together: tuple[bytes, ...] = ()
        for item in asked:
            if not item.apart and not self._fork_per_case:
                together += item.calls
                continue
            if together:
                yield together
                together = ()
            yield from ((call,) for call in item.calls)
        if together:
            yield together

    def _verdict(
        self, outcome: Outcome, asked: Sequence[_Asked], numbers: Sequence[int], seed: int
    ) -> Evaluation:
        """The cases' verdicts as one; the first that failed decides how."""
        judged: list[Evaluation] = []
        results: list[CaseResult] = []
        start = 0
        for number, item in zip(numbers, asked, strict=True):
            end = start + len(item.calls)
            if len(outcome.claims) < end:
                results.append(CaseResult(item.case.name, outcome.status))
                break
            rng = _generator(seed, number, "judge")
            verdict = self._judge(outcome.claims[start:end], item.case, rng)
            seconds = sum(outcome.case_seconds[start:end])
            judged.append(verdict)
            results.append(CaseResult(item.case.name, verdict.status, verdict.score, seconds))
            start = end
        for result, verdict in zip(results, judged, strict=False):
            if verdict.status != "ok":
                return _failure(verdict.status, verdict.feedback, result, results, len(asked))
        if outcome.status != "ok":
            return _failure(outcome.status, _with_output(outcome), results[-1], results, len(asked))
        return replace(self._combined(judged, outcome, asked), cases=tuple(results))

    def _combined(
        self, judged: Sequence[Evaluation], outcome: Outcome, asked: Sequence[_Asked]
    ) -> Evaluation:
        shared = set.intersection(*(set(verdict.metrics) for verdict in judged))
        names = [name for name in judged[0].metrics if name in shared]
        try:
            score = float(self._aggregate([verdict.score for verdict in judged if verdict.score is not None]))
            metrics = {name: statistics.fmean(verdict.metrics[name] for verdict in judged) for name in names}
        except OverflowError:
            return Evaluation.failed("invalid", "The scores or metrics of the cases are too large to add up.")
        own = judged[0].artefact if len(judged) == 1 else ""
        return Evaluation(
            score=score,
            metrics=metrics,
            feedback=printable("\n".join(verdict.feedback for verdict in judged if verdict.feedback)),
            artefact=own or _artefact(outcome.claims, asked),
        )

    def _joined(self, earlier: Evaluation, verdict: Evaluation) -> Evaluation:
        """One verdict on the cases of both: the score is what judging all of them at once gives."""
        cases = earlier.cases + verdict.cases
        if verdict.score is None:
            return replace(verdict, cases=cases)
        try:
            score = float(self._aggregate([case.score for case in cases if case.score is not None]))
        except OverflowError:
            text = "The scores of the cases are too large to add up."
            return replace(Evaluation.failed("invalid", text), cases=cases)
        share = len(earlier.cases) / len(cases)
        return replace(
            verdict,
            score=score,
            cases=cases,
            metrics={
                name: share * earlier.metrics[name] + (1 - share) * value
                for name, value in verdict.metrics.items()
                if name in earlier.metrics
            },
            feedback=printable("\n".join(text for text in (earlier.feedback, verdict.feedback) if text)),
            artefact=_joined_artefacts(earlier, verdict),
        )


def _taken_over(task: EvaluateTask, stage: Stage) -> Evaluation | None:
    """The evaluation whose cases are not judged again; None if there is none that fits."""
    earlier = task.earlier
    fits = (
        earlier is not None
        and earlier.score is not None
        and stage.skip > 0
        and len(earlier.cases) == stage.skip
        and earlier.seed == task.seed  # else its inputs were others
    )
    return earlier if fits else None


def _spent_s(earlier: Evaluation | None) -> float:
    """Seconds of the cases that are taken over: they count against the time that all have together."""
    return 0.0 if earlier is None else sum(case.seconds for case in earlier.cases)


def _joined_artefacts(earlier: Evaluation, verdict: Evaluation) -> str:
    """The outputs of the cases of both as one JSON object; empty if one is missing or it is too long."""
    found: dict[str, object] = {}
    for one in (earlier, verdict):
        names = [case.case for case in one.cases]
        try:
            outputs = json.loads(one.artefact)
        except ValueError:  # none, or a text of the judge's own
            return ""
        if len(names) == 1:
            found[names[0]] = outputs
        elif isinstance(outputs, dict) and set(outputs) == set(names):
            found |= outputs
        else:
            return ""
    text = json.dumps(found)
    return text if len(text) <= ARTEFACT_BYTES else ""


def _driver(problem: Problem) -> str:
    """Text of the problem's driver file; empty if it has none."""
    if not problem.driver:
        return ""
    file = plugins.find(problem.driver, problem.folder)
    text = file.read_text(encoding="utf-8")
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise ProblemError(f"problem {problem.name}: {file}, line {error.lineno}: {error.msg}.") from None
    if not any(isinstance(part, ast.FunctionDef) and part.name == "drive" for part in body):
        raise ProblemError(f"problem {problem.name}: {file} must define drive(function, **inputs).")
    return text


def _open_jail(problem: Problem, sandbox: Sandbox, imports: tuple[str, ...]) -> Jail:
    hidden = (problem.folder,) if problem.folder else ()
    try:
        return Jail(sandbox, Warm(imports, _driver(problem), hidden))
    except StartFailed as error:
        raise UnsafeMachine(f"The jailed process cannot be started: {error}") from None
    except ImportError as error:
        raise MissingExtra(f"problem {problem.name} imports what is not installed: {error}") from None


def _generator(seed: int, case: int, purpose: str) -> np.random.Generator:
    """A stream of its own for each evaluation, case and purpose."""
    text = f"{purpose}:{seed}:{case}".encode()
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little"))


def _candidate_seed(seed: int) -> int:
    """Seed of the candidate's global generators: tells nothing about what the judge draws."""
    return int.from_bytes(hashlib.blake2b(f"candidate:{seed}".encode(), digest_size=4).digest(), "little")


def _after(done: Outcome, more: Outcome) -> Outcome:
    return replace(
        more,
        claims=done.claims + more.claims,
        case_seconds=done.case_seconds + more.case_seconds,
        wall_s=done.wall_s + more.wall_s,
        cpu_s=done.cpu_s + more.cpu_s,
    )


def _failure(
    status: Status, feedback: str, failed: CaseResult, results: Sequence[CaseResult], n_cases: int
) -> Evaluation:
    where = f"On case {failed.case}: " if n_cases > 1 else ""
    return Evaluation(status=status, feedback=printable(where + feedback), cases=tuple(results))


def _with_output(outcome: Outcome) -> str:
    """Why a run failed, with the last lines that it printed."""
    printed = "\n".join(outcome.output.decode("utf-8", "replace").splitlines()[-10:])
    return f"{outcome.feedback}\n\nIt printed:\n{printed[-600:]}" if printed.strip() else outcome.feedback


def _artefact(claims: Sequence[bytes], asked: Sequence[_Asked]) -> str:
    """The outputs as JSON, empty if that is too long: of one case, or of each by its name."""
    if sum(map(len, claims)) > 2 * ARTEFACT_BYTES:
        return ""
    left = [wire.unpack(claim) for claim in claims]
    outputs = {}
    for item in asked:
        parts, left = left[: len(item.calls)], left[len(item.calls) :]
        outputs[item.case.name] = parts if item.apart else parts[0]
    text = wire.as_json(outputs if len(asked) > 1 else outputs[asked[0].case.name])
    return text if len(text) <= ARTEFACT_BYTES else ""
