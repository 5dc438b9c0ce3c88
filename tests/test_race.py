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
from evo.cli.curves import curve_of
from evo.cli.decided import fate_of
from evo.cli.summarise import summarise
from evo.config import RunSettings, compose
from evo.errors import ConfigError
from evo.report.comparison import comparison_rows
from evo.search.insight import insight
from evo.session import Session
from evo.store.archive import Archive, open_run
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
        assert session.stages == (*(f"search@{n}" for n in range(5, 40, 5)), "search")
        session.run()
    return folder


def test_a_raced_run_counts_shares(whole: Path) -> None:
    rows = story(whole)
    outcome = json.loads((whole / "outcome.json").read_text())
    assert outcome["evaluations"] == sum(str(row[1]).startswith("search") for row in rows) / 8
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
    counts = [4, 8, 12, 16, 20, 24, 28]
    assert [stage.name for stage in found.stages] == [
        "quick",
        *(f"main@{n}" for n in counts),
        "main",
        "selection",
    ]
    assert [stage.skip for stage in found.stages] == [0, 0, *counts, 0]
    assert found.stages[0] == problem.stages[0]
    order = found.stages[8].picks
    assert order is not None
    assert sorted(order) == list(range(33)) != list(order)
    assert all(stage.picks == order[: len(stage.picks or ())] for stage in found.stages[1:8])
    assert raced(problem, config(None)) is problem
    assert found.stage("holdout").picks is None


def test_too_few_cases_for_a_race_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"run\.race needs at least 8 cases"):
        raced(evo.plugins.problem("sphere"), config(0.05))


@pytest.mark.parametrize("race", [0.0, 1.0])
def test_an_error_rate_that_is_none_is_refused(race: float) -> None:
    with pytest.raises(ConfigError, match=r"run\.race must be above 0 and below 1"):
        RunSettings(race=race)


def test_a_curve_counts_a_part_of_the_cases_as_that_part_of_an_evaluation() -> None:
    plan = Plan(stages=("s@2", "s@4", "s"), keep=(1.0,) * 3, race=(2, 4, 8))
    archive = Archive(None, plan.stages, shares=plan.share_at)  # type: ignore[arg-type]
    for name, stages, score in (
        ("a", plan.stages, 1.0),
        ("b", plan.stages[:1], 9.0),
        ("c", plan.stages, 3.0),
    ):
        for stage in stages:
            archive.tell(Evaluation(name, stage, 1, "ok", score))
    spent, best = archive.best_curve()
    assert spent.tolist() == archive.spent_in_order() == [0.25, 0.5, 1, 1.25, 1.5, 1.75, 2.25]
    assert best[2:].tolist() == [1, 1, 1, 1, 3]
    assert [(at, one.id) for at, one in archive.improvements()] == [(1.0, "a"), (2.25, "c")]
    assert archive.spent == 2.25
    assert [archive.raced(stage) for stage in plan.stages] == [Fraction(1, 4), Fraction(1, 2), 1]


def test_methods_with_and_without_a_race_are_compared_at_equal_cost() -> None:
    scores = [None, None, 1.0, None, None, None, 3.0]
    spent = [0.25, 0.5, 1, 1.25, 1.5, 1.75, 2.25]
    raced_run = {"method": "raced", "seed": 1, "scores": scores, "spent": spent}
    plain_run = {"method": "plain", "seed": 1, "scores": [1.0, None, 3.0]}
    rows = comparison_rows([raced_run, plain_run], budget=4, target=3.0, floor=1.0)
    by_method = {row["method"]: row for row in rows}
    # Of four evaluations the raced run is at 1 for 1.25 (and the first), at 3 from 2.25 on; the plain one from 3 on.
    assert by_method["raced"]["area"] == pytest.approx((1 * 1.25 + 3 * 2.75) / 4)
    assert by_method["plain"]["area"] == pytest.approx((1 * 2 + 3 * 2) / 4)
    assert by_method["raced"]["curve"]["median"] == pytest.approx(2.75 / 4)
    assert by_method["raced"]["to_target"] == 2.25
    assert by_method["plain"]["to_target"] == 3


def test_the_page_and_the_plot_of_a_raced_run_agree_with_its_budget(problem: Path, whole: Path) -> None:
    outcome = json.loads((whole / "outcome.json").read_text())
    at, _ = curve_of(whole)
    assert at[0] == 1  # the seed, on all cases
    assert at[-1] == outcome["evaluations"]
    with open_run(whole) as view:
        page = summarise(view, evo.plugins.problem(problem))
        assert view.archive.evaluations == len([row for row in story(whole) if row[1] != "selection"])
    assert (page.ending, page.evaluations) == ("met", outcome["evaluations"])
    assert [row.name for row in page.ladder if row.name.startswith("stage")][:2] == [
        "stage search@5",
        "stage search@10",
    ]
    assert page.points_evaluation.max() <= outcome["evaluations"]


def test_who_was_stopped_is_shown_as_stopped_and_after_how_many_cases(whole: Path) -> None:
    with open_run(whole) as view:
        stopped = [one for one in view.archive.standings() if one.stage == "search@10" and one.status == "ok"]
        finished = view.archive.champion()
        assert finished is not None
        assert fate_of(view, finished.id) == ""
        assert "stopped in the race after 10 of 40 cases" in fate_of(view, stopped[0].id)


def screened(problem: Path, folder: Path) -> list[str]:
    plain = [word for word in words(problem, folder, 14) if word != "search=greedy"]
    return [*plain, "search=screened", "search.value.audits=0.2"]


def test_a_race_with_a_value_model_that_is_stopped_in_the_middle_goes_on_as_if_it_was_not(
    problem: Path, tmp_path: Path
) -> None:
    with Session.start(compose(screened(problem, tmp_path / "whole"))) as session:
        session.run()
        seen = insight(session.search).outlooks
    rows = story(tmp_path / "whole")
    finished = {score for _, stage, status, score, _ in rows if stage == "search" and status == "ok"}
    assert seen  # the model was fitted and asked
    assert any(one.score is not None and one.score not in finished for one in seen)  # also who was stopped
    assert all(one.best is None or one.best in finished for one in seen)  # but the best has finished
    folder = tmp_path / "parts"
    with Session.start(compose(screened(problem, folder))) as session:
        session.run(stop=lambda: session.archive.evaluations >= 40)
    assert 0 < len(story(folder)) < len(rows)
    with Session.resume(folder) as session:
        session.run()
        assert insight(session.search).outlooks == seen
    assert story(folder) == rows
