"""Cases that an earlier stage has judged are taken over, and nothing is lost by it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from evaluators.python_function import PythonFunction
from evo import Case, Evaluation, InvalidCandidate, Problem, Stage
from evo.types import EvaluateTask

ORDER = (5, 2, 7, 0, 3, 1, 6, 4)


def score(output: Any, case: Case) -> Evaluation:
    if not isinstance(output, float):
        raise InvalidCandidate(f"solve() must return a number, it returned {output!r}.")
    return replace(Evaluation.ok(output / 3, off=output), feedback=f"{case.name}: {output}")


def vary(case: Case, rng: np.random.Generator) -> Case:
    return replace(case, inputs={"n": case.inputs["n"], "x": float(rng.random())})  # type: ignore[call-overload]


PROBLEM = Problem(
    name="raced",
    statement="Add.",
    seeds=[{"solve.py": ""}],
    score=score,
    cases=[Case("first", {"n": 99}, "selection"), *(Case(f"c{n}", {"n": n}) for n in range(8))],
    stages=(
        Stage("search@2", picks=ORDER[:2]),
        Stage("search@4", picks=ORDER[:4], skip=2),
        Stage("search", picks=ORDER, skip=4),
    ),
    vary=vary,
)
GOOD = "def solve(n, x):\n    return n + x / 7"


@pytest.fixture(scope="module", params=["mean", "min", "sum"])
def evaluator(request: pytest.FixtureRequest) -> Iterator[PythonFunction]:
    made = PythonFunction(PROBLEM, aggregate=request.param)
    yield made
    made.close()


def climbed(evaluator: PythonFunction, source: str) -> list[Evaluation]:
    """The verdicts of the stages, each with that of the one before, until one refuses."""
    found: list[Evaluation] = []
    for stage in PROBLEM.stages:
        earlier = found[-1] if found else None
        found.append(
            evaluator(EvaluateTask("c", stage.name, seed=5, files={"solve.py": source}, earlier=earlier))
        )
        if found[-1].status != "ok":
            break
    return found


def test_merged_cases_are_one_full_evaluation(evaluator: PythonFunction) -> None:
    parts = climbed(evaluator, GOOD)
    whole = evaluator(EvaluateTask("c", "search", seed=5, files={"solve.py": GOOD}))
    assert [len(part.cases) for part in parts] == [2, 4, 8]
    last = parts[-1]
    assert last.score == whole.score
    assert [(c.case, c.score) for c in last.cases] == [(c.case, c.score) for c in whole.cases]
    assert [c.case for c in last.cases] == [f"c{n}" for n in ORDER]
    assert last.feedback == whole.feedback
    assert last.artefact.replace(" ", "") == whole.artefact
    assert last.metrics == pytest.approx(whole.metrics)
    assert last.cases[:2] == parts[0].cases  # taken over, seconds and all


def test_a_later_case_that_fails_keeps_those_before(evaluator: PythonFunction) -> None:
    last = climbed(evaluator, "def solve(n, x):\n    return float(n) if n != 3 else None")[-1]
    assert (last.stage, last.status, last.score) == ("search", "invalid", None)
    assert [case.status for case in last.cases] == ["ok"] * 4 + ["invalid", "ok", "ok", "ok"]
    assert last.feedback.startswith("On case c3: solve() must return a number")


def test_cases_of_another_seed_are_judged_again(evaluator: PythonFunction) -> None:
    earlier = evaluator(EvaluateTask("c", "search@2", seed=4, files={"solve.py": GOOD}))
    task = EvaluateTask("c", "search@4", seed=5, files={"solve.py": GOOD}, earlier=earlier)
    assert evaluator(task).score == evaluator(replace(task, earlier=None)).score


def test_all_laps_together_have_the_time_of_one_evaluation(evaluator: PythonFunction) -> None:
    first = evaluator(EvaluateTask("c", "search@2", seed=5, files={"solve.py": GOOD}))
    slow = replace(first, cases=tuple(replace(case, seconds=6.0) for case in first.cases))
    task = EvaluateTask("c", "search@4", seed=5, files={"solve.py": GOOD}, earlier=slow)
    assert evaluator(task).status == "timeout"
    assert evaluator(replace(task, earlier=first)).status == "ok"
