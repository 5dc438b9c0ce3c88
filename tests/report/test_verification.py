"""What judgements of a champion say beside somebody else's."""

import pytest

from evo.report.verification import difference, sample_of
from evo.types import Case, CaseResult, Evaluation, Problem, Status


def problem(*, drawn: bool = False, failed_case: float | None = None) -> Problem:
    return Problem(
        name="x",
        statement="x",
        seeds=[{"a.py": ""}],
        score=lambda output, case: Evaluation.ok(0.0),
        cases=[Case("a"), Case("b")],
        vary=(lambda case, rng: case) if drawn else None,
        options={} if failed_case is None else {"failed_case": failed_case},
    )


def verdict(*scores: float | None, score: float | None = None, status: Status = "ok") -> Evaluation:
    cases = tuple(
        CaseResult(name, "ok" if one is not None else "timeout", one)
        for name, one in zip("abcdefgh", scores, strict=False)
    )
    known = [one for one in scores if one is not None]
    mean = sum(known) / len(known) if score is None and known else score
    return Evaluation("c", score=mean if status == "ok" else None, cases=cases, status=status)


def test_questions_asked_twice_are_no_more_questions() -> None:
    found = sample_of(problem(), [verdict(1.0, 0.0, 0.0), verdict(1.0, 1.0, 0.0)])
    assert found is not None
    assert (found.over, dict(found.values)) == ("cases", {"a": 1.0, "b": 0.5, "c": 0.0})
    low, high = found.interval()
    assert low == 0.0
    assert high == 1.0


def test_what_is_drawn_anew_each_time_is_a_sample_by_itself() -> None:
    found = sample_of(problem(drawn=True), [verdict(1.0, 0.0), verdict(1.0, 1.0)])
    assert found is not None
    assert (found.over, list(found.values.values())) == ("repeats", [0.5, 1.0])


def test_a_failed_case_counts_what_the_problem_says() -> None:
    judged = [verdict(1.0, None, score=0.25)]
    found = sample_of(problem(failed_case=-0.5), judged)
    assert found is not None
    assert dict(found.values) == {"a": 1.0, "b": -0.5}
    without = sample_of(problem(), judged)
    assert without is not None
    assert (without.over, list(without.values.values())) == ("repeats", [0.25])


def test_cases_are_no_sample_of_a_score_that_is_not_their_mean() -> None:
    found = sample_of(problem(), [verdict(1.0, 3.0, score=1.0)])
    assert found is not None
    assert (found.over, found.mean) == ("repeats", 1.0)


def test_a_difference_is_taken_pair_by_pair() -> None:
    mine, theirs = [verdict(10.0, 100.0, 1000.0)], [verdict(9.0, 98.5, 999.0)]
    found = difference(problem(), mine, theirs)
    assert found is not None
    low, high = found.interval()
    assert found.mean == pytest.approx(3.5 / 3)
    assert 1.0 <= low <= found.mean <= high <= 1.5


def test_samples_of_two_kinds_are_compared_by_repeats() -> None:
    found = difference(problem(), [verdict(1.0, 3.0)], [verdict(1.0, 3.0, score=1.0)])
    assert found is not None
    assert (found.over, list(found.values.values())) == ("repeats", [1.0])


def test_who_failed_once_has_no_difference() -> None:
    good, bad = verdict(1.0, 2.0), verdict(1.0, None, status="timeout")
    assert sample_of(problem(), [good, bad]) is None
    assert difference(problem(), [good, good], [good, bad]) is None
