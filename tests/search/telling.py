"""Candidates that are told to a search, judged at once."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evo.roles import Search
from evo.testing.search import ONE_STAGE
from evo.types import Candidate, Evaluation, OperatorShare, Proposal

PLAN = dataclasses.replace(ONE_STAGE, n_seeds=1, frontier=5000, operators={"change": OperatorShare()})
"""One seed, one operator with one parent."""

TWO_STAGES = dataclasses.replace(PLAN, stages=("few", "all"), keep=(1.0, 1.0))
"""The same with two stages, of which the first stops nobody."""


def tell(
    search: Search,
    number: int,
    score: float | None,
    text: str = "",
    parents: Sequence[str] = ("c0",),
    stage: str = "search",
    file: str = "main.py",
    **verdict: Any,
) -> None:
    """Candidate ``c<number>`` with `text` in one file; `verdict` has further fields of the evaluation."""
    files: Mapping[str, str] = {file: text} if text else {}
    operator = "change" if number else "seed"
    candidate = Candidate(f"c{number}", files, tuple(parents) if number else (), operator)
    search.tell(Proposal(number, operator, candidate.parents, candidate))
    status = "invalid" if score is None else "ok"
    points = None if score is None else float(score)
    search.tell(Evaluation(candidate.id, stage, 1, status, points, **verdict))


def drawn(search: Search, n: int = 400) -> Counter[str]:
    """How often each candidate is the first parent of the next `n` tasks."""
    tasks = search.ask(n)
    assert len(tasks) == n
    return Counter(task.parents[0] for task in tasks)
