"""The judge's side: calls a problem's ``score`` on a claim and makes a verdict of whatever happens."""

import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from evo.errors import InvalidCandidate, ProblemError
from evo.evaluate.inside import wire
from evo.types import Case, Evaluation, Problem

FEEDBACK_CHARACTERS = 2000
_CONTROL = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")


class Judge:
    """Scores claims with a problem's own function, in this process.

    Args:
        problem: its ``score`` takes the output, optionally the case, and optionally a generator
            called ``rng`` for judges that draw.

    Raises:
        ProblemError: the problem has no ``score``.
    """

    def __init__(self, problem: Problem) -> None:
        if problem.score is None:
            raise ProblemError(f"problem {problem.name} has no score function, which its evaluator calls.")
        self._score: Callable[..., Evaluation] = problem.score
        parameters = inspect.signature(problem.score).parameters.values()
        self._takes_rng = any(p.name == "rng" for p in parameters)
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self._n_arguments = sum(p.kind in positional and p.name != "rng" for p in parameters)

    def __call__(self, claims: Sequence[bytes], case: Case, rng: np.random.Generator) -> Evaluation:
        """The verdict on one case: ``ok`` with a finite score, or ``invalid`` with the reason.

        Args:
            claims: packed outputs: one, or one for each part of the case's inputs.
            case: with the answer that is expected.
            rng: for judges that draw.
        """
        try:
            outputs = [wire.unpack(claim) for claim in claims]
        except wire.WireError as error:
            return Evaluation.failed("invalid", f"The claim cannot be judged: {error}.")
        try:
            output = outputs[0] if isinstance(case.inputs, Mapping) else outputs
            keywords = {"rng": rng} if self._takes_rng else {}
            return _checked(self._score(*(output, case)[: self._n_arguments], **keywords))
        except InvalidCandidate as error:
            return Evaluation.failed("invalid", printable(str(error)))
        except Exception as error:  # noqa: BLE001 - a judge that trips over a malformed claim refuses it
            reason = f"The judge could not score the output: {type(error).__name__}: {error}"
            return Evaluation.failed("invalid", printable(reason))


def judge_claim(problem: Problem, output: Any, case: Case, seed: int = 0) -> Evaluation:
    """The verdict on an output of our own, such as a plain solver's, as on a candidate's claim.

    Args:
        problem: with a ``score`` function.
        output: what a candidate's function would have returned.
        case: that the output answers.
        seed: of the generator for judges that draw.

    Raises:
        InvalidCandidate: the judge refuses it.
        WireError: it could not be returned by a candidate.
    """
    parts = [output] if isinstance(case.inputs, Mapping) else output
    verdict = Judge(problem)([wire.pack(part) for part in parts], case, np.random.default_rng(seed))
    if verdict.status != "ok":
        raise InvalidCandidate(verdict.feedback)
    return verdict


def printable(text: str, limit: int = FEEDBACK_CHARACTERS) -> str:
    """Untrusted `text` without control characters, its middle left out if it is longer than `limit`."""
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).strip()
    if len(text) <= limit:
        return text
    half = (limit - 5) // 2
    return f"{text[:half]}\n...\n{text[-half:]}"


def _checked(verdict: Any) -> Evaluation:
    if not isinstance(verdict, Evaluation):
        raise TypeError(f"score() returns an Evaluation, it returned {type(verdict).__name__}")
    if verdict.status == "ok" and not all(map(math.isfinite, verdict.metrics.values())):
        raise ValueError("a metric is not finite")
    return verdict
