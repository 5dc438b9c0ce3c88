"""Whole runs in which candidates race."""

import dataclasses
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import evo
from evo import Case, Evaluation, Problem
from evo.assembly import raced
from evo.budget import Budget, Limits
from evo.config import RunSettings, compose
from evo.errors import ConfigError
from evo.session import Session
from evo.store.archive import open_run
from evo.store.journal import read_events
from evo.types import Plan, Stage

FOLDER = '''"""Say numbers close to the cases' own."""
from evo import Case, Evaluation, Problem


def score(output, case):
    return Evaluation.ok(-abs(float(output) - case.expected))


PROBLEM = Problem(
    name="aim", statement=__doc__, seeds=["seed.py"], score=score,
    cases=[Case(f"c{n}", {"n": n}, expected=3.0 * n + n % 5) for n in range(40)]
    + [Case(f"s{n}", {"n": n}, "selection", 3.0 * n + n % 5) for n in range(40, 44)],
)
'''
SEED = "def solve(n):\n    return 1.0 * n + 7.0 - 2.0 * n + 1.5\n"


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aim")
    (folder / "problem.py").write_text(FOLDER)
    (folder / "seed.py").write_text(SEED)
    return folder


def words(problem: Path, folder: Path, evaluations: int) -> list[str]:
    return [
        *(f"problem={problem}", f"run.dir={folder}", "pool=inline", "search=greedy", "run.race=0.05"),
        f"budget.evaluations={evaluations}",
    ]


def story(folder: Path) -> list[tuple[object, ...]]:
    """What was judged, without the clock."""
    return [
        (event.candidate, event.stage, event.status, event.score, len(event.cases))
        for event in read_events(folder)
        if isinstance(event, Evaluation)
    ]


@pytest.fixture(scope="module")
def whole(problem: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with Session.start(compose(words(problem, folder, 6))) as session:
        assert session.stages == ("search@5", "search@10", "search@20", "search")
        session.run()
    return folder


def test_a_raced_run_counts_shares(whole: Path) -> None:
    added = {"search@5": 5, "search@10": 5, "search@20": 10, "search": 20}
    rows = story(whole)
    outcome = json.loads((whole / "outcome.json").read_text())
    assert outcome["evaluations"] == sum(added.get(str(row[1]), 0) for row in rows) / 40
    assert 6 <= outcome["evaluations"] < 7
    assert len({row[0] for row in rows}) > 6  # more candidates than full evaluations


def test_the_champion_was_judged_on_all_cases(whole: Path) -> None:
    with open_run(whole) as view:
        champion = view.archive.champion()
        assert champion is not None
        verdict = view.evaluation(champion.id, "search")
        assert len(verdict.cases) == 40
        assert verdict.score == pytest.approx(sum(case.score or 0.0 for case in verdict.cases) / 40)


def test_a_run_that_is_stopped_in_the_middle_of_a_race_goes_on_as_if_it_was_not(
    problem: Path, whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "parts"
    with Session.start(compose(words(problem, folder, 6))) as session:
        session.run(stop=lambda: session.archive.evaluations >= 6)
    assert 0 < len(story(folder)) < len(story(whole))
    with Session.resume(folder) as session:
        session.run()
    assert story(folder) == story(whole)


def judged(stage: str) -> Evaluation:
    return Evaluation("c", stage, 1, "ok", 1.0)


def test_a_part_of_the_cases_is_that_part_of_an_evaluation() -> None:
    plan = Plan(stages=("quick", "a", "b", "c"), keep=(1.0,) * 4, race=(3, 6, 9))
    assert plan.shares == (1, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))
    budget = Budget(
        Limits(evaluations=3), lambda: 0.0, plan.stages, dict(zip(plan.stages, plan.shares, strict=True))
    )
    for stage in ("quick", "a", "b"):
        budget.tell(judged(stage))
    assert budget.evaluations == pytest.approx(5 / 3)
    assert budget.allow_evaluations(in_flight=0) == 2
    budget.tell(judged("c"))
    assert budget.evaluations == 2
    assert not budget.met
    for stage in ("a", "b", "c"):
        budget.tell(judged(stage))
    assert budget.met


def config(race: float | None) -> Any:
    made = compose(["problem=sphere", "pool=inline"])
    return dataclasses.replace(made, run=RunSettings(race=race))


def test_laps_are_nested_in_one_order_and_earlier_stages_stay() -> None:
    problem = Problem(
        name="p",
        statement="",
        seeds=[{"solve.py": ""}],
        cases=[Case(f"c{n}") for n in range(50)],
        stages=(Stage("quick", cases=2, keep=0.5), Stage("main", cases=33), Stage("selection", "selection")),
    )
    found = raced(problem, config(0.1))
    assert [stage.name for stage in found.stages] == [
        "quick",
        "main@4",
        "main@8",
        "main@16",
        "main",
        "selection",
    ]
    assert [stage.skip for stage in found.stages] == [0, 0, 4, 8, 16, 0]
    assert found.stages[0] == problem.stages[0]
    order = found.stages[4].picks
    assert order is not None
    assert sorted(order) == list(range(33)) != list(order)
    assert all(stage.picks == order[: len(stage.picks or ())] for stage in found.stages[1:4])
    assert raced(problem, config(None)) is problem
    assert found.stage("holdout").picks is None


def test_too_few_cases_for_a_race_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"run\.race needs at least 8 cases"):
        raced(evo.plugins.problem("sphere"), config(0.05))


@pytest.mark.parametrize("race", [0.0, 1.0])
def test_an_error_rate_that_is_none_is_refused(race: float) -> None:
    with pytest.raises(ConfigError, match=r"run\.race must be above 0 and below 1"):
        RunSettings(race=race)
