"""The cold start of designs: rows of covering arrays, the same for the same run's seed, none of them twice."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from evo.design.catalogue import Catalogue
from evo.design.cover import Choice, held
from evo.design.design import Design
from evo.design.space import Space
from evo.errors import InvalidCandidate
from evo.operators.design_cover import DesignCover
from evo.roles import Operator
from evo.testing.operator import judged, made_by, task_for
from evo.types import Candidate, Problem
from tests.design.shelf import ALONE, POOR, files, problem
from tests.operators.test_design import DesignContract

FEW = {
    **{slot: ["none"] for slot in ALONE if slot != "tool"},
    "workflow": ["loop"],
    "memory": ["none", "window"],
}


class TestDesignCoverContract(DesignContract):
    n_tasks = 15

    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return DesignCover


def rows(found: Problem, run_seed: int, n: int) -> list[Candidate]:
    operator = DesignCover(found, run_seed)
    parent = judged(files())
    first = len(found.seeds)
    return [made_by(operator, task_for(first + place, [parent])) for place in range(n)]


def pairs(design: Design) -> set[frozenset[Choice]]:
    return {frozenset(pair) for pair in combinations(held(design), 2)}


def test_its_rows_hold_every_pair_and_then_go_on(tmp_path: Path) -> None:
    found = problem(tmp_path, slots=ALONE)
    space = Space(Catalogue.of(found))
    made = rows(found, 0, 80)
    assert len({one.id for one in made}) == 80
    whole = [Design.load(one.files, space.catalogue) for one in made]
    most = max(len(a) * len(b) for a, b in combinations(space.components.values(), 2))
    early, all_ = (set().union(*map(pairs, some)) for some in (whole[: 3 * most], whole))
    assert early == all_


def test_the_seed_of_the_run_tells_the_rows_and_the_seed_of_the_task_nothing(tmp_path: Path) -> None:
    found = problem(tmp_path, slots=ALONE)
    one, same, other = (rows(found, seed, 10) for seed in (1, 1, 2))
    assert one == same
    assert {row.id for row in one} != {row.id for row in other}
    task = task_for(3, [judged(files())])
    operator = DesignCover(found)
    assert made_by(operator, task).id == made_by(operator, replace(task, seed=1)).id


def test_a_seed_of_the_problem_is_no_row_whatever_its_budget(tmp_path: Path) -> None:
    found = problem(tmp_path, slots=ALONE)
    row = rows(found, 0, 1)[0]
    seeds = [
        {"design.yaml": row.files["design.yaml"] + "\nbudget: {steps: 7}\n"},
        {"design.yaml": "no: design"},
    ]
    again = rows(replace(found, seeds=[*seeds, *found.seeds]), 0, 40)
    assert row.id not in {one.id for one in again}


def test_a_row_has_the_budget_of_its_parent(tmp_path: Path) -> None:
    found = problem(tmp_path, slots=ALONE)
    parent = judged({"design.yaml": POOR + "budget: {steps: 7}\n"})
    child = made_by(DesignCover(found), task_for(1, [parent]))
    assert Design.load(child.files, Catalogue.of(found)).budget == {"steps": 7}


def test_a_small_space_is_used_up_and_says_so(tmp_path: Path) -> None:
    found = problem(tmp_path, slots=FEW)
    operator, parent = DesignCover(found), judged(files())
    with pytest.raises(InvalidCandidate, match=r"run.cold_start=1$"):  # the other of two designs is the seed
        made_by(operator, task_for(2, [parent]))
    assert (
        Design.load(made_by(operator, task_for(1, [parent])).files, Catalogue.of(found)).parts["memory"].use
        == "window"
    )
