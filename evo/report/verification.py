"""What a few judgements of a champion say of it, alone and beside somebody else's.

Where a problem draws its inputs anew each time (``vary``), a judgement is one draw and the repeats are the
sample. Else all repeats have the same cases: then the cases are, each with its mean over the repeats, for
asking a model once more about the same questions makes them no more questions.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evo.report.statistics import bootstrap_interval
from evo.types import CaseResult, Evaluation, Problem

Over = Literal["repeats", "cases"]


@dataclass(frozen=True, slots=True)
class Sample:
    """What a mean is over, by repeat or by case.

    Attributes:
        values: name of the case or number of the repeat -> score; never empty.
    """

    over: Over
    values: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Of all of them."""
        return statistics.fmean(self.values.values())

    def interval(self) -> tuple[float, float]:
        """``(low, high)``, 95 % by bootstrap; both the same where there is one value alone."""
        return bootstrap_interval(list(self.values.values()))


def sample_of(problem: Problem, verdicts: Sequence[Evaluation]) -> Sample | None:
    """The sample that `verdicts`, one for each repeat, are; None if any of them is not ``ok``."""
    if not verdicts or any(one.score is None for one in verdicts):
        return None
    if problem.vary is None and (cases := _by_case(problem, verdicts)) is not None:
        return Sample("cases", cases)
    return _repeats(verdicts)


def difference(problem: Problem, mine: Sequence[Evaluation], theirs: Sequence[Evaluation]) -> Sample | None:
    """`mine` less `theirs`, pair by pair; None if one of them is not ``ok`` throughout.

    Both were judged in the same repeats, on the same cases.
    """
    one, other = sample_of(problem, mine), sample_of(problem, theirs)
    if one is None or other is None:
        return None
    if one.over != other.over or one.values.keys() != other.values.keys():
        one, other = _repeats(mine), _repeats(theirs)
    return Sample(one.over, {name: value - other.values[name] for name, value in one.values.items()})


def _by_case(problem: Problem, verdicts: Sequence[Evaluation]) -> dict[str, float] | None:
    """Each case's mean; None if there are fewer than two, or scores are no means of their cases."""
    worth = problem.options.get("failed_case")
    rows = [{case.case: _counts(case, worth) for case in one.cases} for one in verdicts]
    names = list(rows[0])
    if len(names) < 2 or any(row.keys() != rows[0].keys() for row in rows):
        return None
    for one, row in zip(verdicts, rows, strict=True):
        mean = statistics.fmean(row.values())
        if one.score is None or not math.isclose(mean, one.score, rel_tol=1e-9, abs_tol=1e-12):
            return None
    return {name: statistics.fmean(row[name] for row in rows) for name in names}


def _counts(case: CaseResult, worth: object) -> float:
    """What a case adds to the mean: a failed one what the problem says, not-a-number if it says nothing."""
    if case.score is not None:
        return case.score
    return float(worth) if isinstance(worth, int | float) else math.nan


def _repeats(verdicts: Sequence[Evaluation]) -> Sample:
    scores = {str(at): one.score for at, one in enumerate(verdicts) if one.score is not None}
    return Sample("repeats", scores)
