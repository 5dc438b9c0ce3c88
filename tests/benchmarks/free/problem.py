"""A problem that costs nothing to judge, for measuring everything else: 4 KB programs, no jail."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evo import Case, Evaluation, Problem
from evo.types import Candidate, EvaluateTask, Event, Proposal, ProposeTask

LINES = 120
"""Of a candidate: with 34 characters each, about 4 KB."""


def program(number: int) -> str:
    """A program of 4 KB that no other number gives."""
    body = "\n".join(f"    x = x * 1.0{i:04d} + {(number * 31 + i) % 9973:04d}.5" for i in range(LINES))
    return f"def solve(x={number}):\n{body}\n    return x\n"


class Free:
    """An evaluator that scores by a hash."""

    sandbox_level = ""

    def __init__(self, problem: Problem, sandbox: Any = None) -> None:
        pass

    def __call__(self, task: EvaluateTask) -> Evaluation:
        """A score in [0, 1) that the id decides."""
        return replace(verdict(task.candidate), stage=task.stage)

    def close(self) -> None:
        """Nothing to end."""


class Renumber:
    """An operator that makes a program nobody made before, at the price of hashing it."""

    n_parents = 1

    def __init__(self, problem: Problem) -> None:
        pass

    def __call__(self, task: ProposeTask) -> Candidate:
        """The program of the task's number."""
        return Candidate.of({"solve.py": program(task.number)}, task.parents, "renumber")


def verdict(candidate: str) -> Evaluation:
    """What `Free` says of a candidate."""
    score = int.from_bytes(hashlib.blake2b(candidate.encode(), digest_size=6).digest(), "big") / 2**48
    return Evaluation(candidate, "search", score=score, metrics={"m": score})


def history(n: int, start: int = 0) -> Sequence[Event]:
    """The events of `n` candidates, as the loop would have recorded them."""
    events: list[Event] = []
    for number in range(start, start + n):
        operator = "renumber" if number else "seed"
        # The id of a real candidate is a hash of its syntax tree; making 100,000 of those is not what is measured.
        name = hashlib.blake2b(str(number).encode(), digest_size=8).hexdigest()
        candidate = Candidate(name, {"solve.py": program(number)}, (), operator)
        events += [Proposal(number, operator, candidate=candidate, seconds=0.001), verdict(name)]
    return events


PROBLEM = Problem(
    name="free",
    statement=__doc__ or "",
    seeds=[{"solve.py": program(0)}],
    evaluator="problem.py:Free",
    cases=[Case("only")],
)
