"""Judges candidates with the evaluator of another system's problem folder, OpenEvolve's or ShinkaEvolve's.

Such an evaluator loads the candidate into its own process, so both run in the jail together, and the
candidate can say whatever it likes about itself. No evaluation made here is `Evaluation.verified`.
"""

import ast
import hashlib
import importlib.util
import math
import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from evo.errors import InvalidCandidate, ProblemError, UnsafeMachine
from evo.evaluate import Jail, Limits, Outcome, Program, Sandbox, StartFailed, Warm, examine, require
from evo.evaluate.inside import wire
from evo.evaluate.judge import printable
from evo.types import EvaluateTask, Evaluation, Problem, Usage

CANDIDATE = "evo_candidate"
"""Folder of the candidate's files in the jail. The problem's own stay where they are: an evaluator may
compare with the first program, or import from it."""
FOLDER_BYTES, FOLDER_FILES = 16 << 20, 1024
"""Of the problem's folder, that go into the jail; the smallest files first."""

_INSIDE = "evo_inside"
_SKIPPED = ("__pycache__", "node_modules", "openevolve_output", "results", "runs", "venv", CANDIDATE, _INSIDE)
_TEXT_CHARACTERS = 600
_PRELOADED = ("numpy", "scipy", "pandas", "sklearn", "networkx", "sympy", "yaml")
"""Packages that are slow to import and safe to fork from: loaded once, if the evaluator imports them."""
_STANDARD = (
    *("argparse", "concurrent.futures.process", "importlib.util", "multiprocessing.pool"),
    *("multiprocessing.queues", "socket", "subprocess", "tempfile"),
)
_WAY_OUT = (
    "Have it do the work within its own process, or write a problem.py whose score() recomputes the score outside "
    "of the sandbox."
)


class Foreign:
    """Judges candidates by what another system's evaluator says of them.

    Args:
        problem: as `evo.foreign.problem` makes it.
        sandbox: how evaluator and candidate are held.
        kind: ``openevolve`` or ``shinka``.
        program: name of the file that a candidate is.
        arguments: further keyword arguments of OpenEvolve's ``evaluate``.
        features: metrics of OpenEvolve that say where a candidate stands, not how good it is.

    Attributes:
        verified: False: see above.

    Raises:
        UnsafeMachine: this machine cannot hold candidates as `sandbox` asks.
        ProblemError: the problem has no folder, or settings that cannot be sent.
    """

    verified = False

    def __init__(
        self,
        problem: Problem,
        sandbox: Sandbox = Sandbox(),  # noqa: B008 - frozen
        *,
        kind: str,
        program: str,
        arguments: Mapping[str, Any] | None = None,
        features: Sequence[str] = (),
    ) -> None:
        if problem.folder is None or not problem.folder.is_dir():
            raise ProblemError(
                f"problem {problem.name} has no folder {problem.folder} here with an evaluator."
            )
        self._problem, self._kind, self._name, self._features = problem, kind, program, features
        files, self._left_out = _copied(problem.folder)
        arrays = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
        place = f"{CANDIDATE}/{program}"
        call = {"kind": kind, "program": place, "folder": arrays, "arguments": dict(arguments or {})}
        try:
            self._call = wire.pack(call)
        except wire.WireError as error:
            raise ProblemError(f"problem {problem.name}: evaluator_args hold {error}.") from None
        self._inside = _inside()
        self._jail = _open_jail(problem, sandbox, _imports(files))
        try:
            self.report = examine(self._jail)
            require(self.report, sandbox)
        except BaseException:
            self._jail.close()
            raise
        self.sandbox_level: str = self.report.level

    def __call__(self, task: EvaluateTask) -> Evaluation:
        """What the evaluator says of one candidate.

        Raises:
            ProblemError: the stage is not on the ``search`` split: the evaluator knows no other.
        """
        stage = self._problem.stage(task.stage)
        if stage.split != "search":
            raise ProblemError(f"problem {self._problem.name} has no cases of the split {stage.split!r}.")
        try:
            files = self._placed(task.files)
        except InvalidCandidate as error:
            outcome = Outcome("invalid", feedback=str(error))
        else:
            ours = sum(map(len, self._inside.values()))
            limits = Limits(stage.timeout_s, stage.memory_mb, source_bytes=Limits().source_bytes + ours)
            run = Program(files, "judge", f"{_INSIDE}/judge.py", _seed(task.seed), driven=False)
            outcome = self._jail.run(run, [self._call], limits)
        return replace(
            self._verdict(outcome),
            candidate=task.candidate,
            stage=task.stage,
            attempt=task.attempt,
            seconds=max(outcome.wall_s, outcome.cpu_s),
            usage=Usage(cpu_s=outcome.cpu_s),
            sandbox=self.sandbox_level,
            seed=task.seed,
            verified=False,
        )

    def close(self) -> None:
        """Ends the jailed process and removes its files."""
        self._jail.close()

    def _placed(self, files: Mapping[str, str]) -> dict[str, str]:
        """The candidate's files under the name that the evaluator is told, and ours, which come last."""
        suffix = PurePosixPath(self._name).suffix
        names = [name for name in files if name == self._name] or [n for n in files if n.endswith(suffix)]
        if len(names) != 1:
            raise InvalidCandidate(
                f"A candidate is one file {self._name}; this one has {', '.join(sorted(files)) or 'no files'}."
            )
        renamed = {(self._name if name == names[0] else name): text for name, text in files.items()}
        return {f"{CANDIDATE}/{name}": text for name, text in renamed.items()} | self._inside

    def _verdict(self, outcome: Outcome) -> Evaluation:
        if outcome.status != "ok":
            return self._failed(Evaluation.failed(outcome.status, outcome.feedback), outcome)
        try:
            found = verdict(self._kind, wire.unpack(outcome.claims[0]), self._features)
        except wire.WireError as error:
            found = Evaluation.failed("invalid", f"What came from the evaluator cannot be read: {error}.")
        return found if found.status == "ok" else self._failed(found, outcome)

    def _failed(self, found: Evaluation, outcome: Outcome) -> Evaluation:
        """With the last lines that were printed, and what the evaluator may have missed."""
        parts = [found.feedback]
        if self._left_out and found.status == "crashed":
            parts.append(f"Too large for the sandbox, and not in it: {', '.join(self._left_out[:5])}.")
        printed = "\n".join(outcome.output.decode("utf-8", "replace").splitlines()[-10:])
        if printed.strip():
            parts.append(f"It printed:\n{printed[-_TEXT_CHARACTERS:]}")
        return replace(found, feedback=printable("\n\n".join(parts)))


def verdict(kind: str, claim: Any, features: Sequence[str] = ()) -> Evaluation:
    """What a claim of the jailed evaluator comes to; anything may be in it.

    The score is ``combined_score``. Without one it is, by OpenEvolve's rule, the mean of the finite
    metrics that are no features. A text called ``error`` beside a score that is not above 0 is how
    OpenEvolve's evaluators report a failure, so it is one.

    Args:
        kind: ``openevolve`` or ``shinka``.
        claim: as ``judge`` in `foreign_inside/judge.py` returns it.
        features: metrics left out of the mean.
    """
    claim = claim if isinstance(claim, dict) else {}
    if claim.get("denied"):
        return Evaluation.failed("crashed", f"{_cut(str(claim['denied']))}. {_WAY_OUT}")
    texts = {str(name): str(text) for name, text in _mapping(claim, "texts").items()}
    told = "\n".join(f"{name}: {_cut(text)}" for name, text in texts.items())
    claimed = _mapping(claim, "metrics")
    metrics = {str(name): value for name, value in claimed.items() if _is_finite(value)}
    said = {**texts, **claimed}.get("combined_score")
    score = metrics.pop("combined_score", None)
    if said is None and metrics and kind == "openevolve":
        score = _mean(metrics, features)
    fault = _fault(kind, claim, score, said, bool(texts.get("error")))
    if score is None or fault:
        return Evaluation.failed("invalid", printable(f"{fault}\n{told}"))
    return Evaluation(score=score, metrics=metrics, feedback=printable(told), verified=False)


def _fault(kind: str, claim: Mapping[str, Any], score: float | None, said: Any, has_error: bool) -> str:
    """Why there is no score, or none that counts; empty if there is."""
    if claim.get("wrong"):
        return f"{_cut(str(claim['wrong']))}."
    if kind == "shinka" and claim.get("correct") is not True:
        return _cut(str(claim.get("error") or "evaluate.py says that it is not correct, and no more."))
    if score is None and said is not None:
        return f"combined_score is {_cut(str(said))}; a score is one finite number."
    if score is None:
        return f"There is no combined_score{', and no other number' if kind == 'openevolve' else ''}."
    if kind == "openevolve" and has_error and score <= 0:
        return "The evaluator reports an error."
    return ""


def _mean(metrics: Mapping[str, float], features: Sequence[str]) -> float | None:
    """OpenEvolve's fitness without a ``combined_score``; None if it is out of a float's range."""
    values = [value for name, value in metrics.items() if name not in features] or list(metrics.values())
    try:
        return statistics.fmean(values)
    except OverflowError:
        return None


def _mapping(claim: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = claim.get(name)
    return found if isinstance(found, dict) else {}


def _is_finite(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _cut(text: str) -> str:
    return printable(text, _TEXT_CHARACTERS)


def _copied(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The problem's files, the smallest first as far as they fit, and the names of those that do not.

    Hidden files, what looks like the output of earlier runs, and links out of the folder stay outside.
    """
    sizes = sorted((file.stat().st_size, file) for file in _files(folder.resolve()))
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    room = FOLDER_BYTES
    for size, file in sizes:
        name = file.relative_to(folder.resolve()).as_posix()
        if size > room or len(files) >= FOLDER_FILES:
            left_out.append(name)
            continue
        files[name] = file.read_bytes()
        room -= len(files[name])
    return files, left_out


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            file = Path(place) / name
            inside = file.resolve().is_relative_to(folder)
            if inside and file.is_file() and not name.startswith(".") and not name.endswith(".pyc"):
                yield file


def _inside() -> dict[str, str]:
    """What of evo's goes into the jail: the caller, and packages that evaluators import."""
    place = Path(__file__).resolve().parent / "foreign_inside"
    return {
        f"{_INSIDE}/{file.relative_to(place).as_posix()}": file.read_text(encoding="utf-8")
        for file in sorted(place.rglob("*.py"))
    }


def _imports(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Modules that the folder's Python files import and that are worth loading before the candidates come."""
    found: set[str] = set()
    for name, data in files.items():
        if not name.endswith(".py"):
            continue
        try:
            nodes = list(ast.walk(ast.parse(data)))
        except (SyntaxError, ValueError):
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    roots = {root for root in _PRELOADED if importlib.util.find_spec(root) is not None}
    return tuple(sorted(name for name in found if name.partition(".")[0] in roots))


def _open_jail(problem: Problem, sandbox: Sandbox, imports: tuple[str, ...]) -> Jail:
    hidden = (problem.folder,) if problem.folder else ()
    try:
        try:
            return Jail(sandbox, Warm((*_STANDARD, *imports), hidden=hidden))
        except ImportError:  # one that only some evaluations need, perhaps; the evaluator will tell
            return Jail(sandbox, Warm(_STANDARD, hidden=hidden))
    except StartFailed as error:
        raise UnsafeMachine(f"The jailed process cannot be started: {error}") from None


def _seed(seed: int) -> int:
    """32 bits, for the global random generators of the evaluator and the candidate."""
    return int.from_bytes(hashlib.blake2b(f"foreign:{seed}".encode(), digest_size=4).digest(), "little")
