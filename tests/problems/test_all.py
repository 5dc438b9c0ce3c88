"""What holds for every problem that comes with evo."""

import ast
import re
from typing import Any

import numpy as np
import pytest

from evo import InvalidCandidate, plugins
from evo.types import SPLITS, Problem

NAMES = ["cap_set", "circle_packing", "online_bin_packing", "sphere"]


@pytest.fixture(params=NAMES)
def problem(request: pytest.FixtureRequest) -> Problem:
    return plugins.problem(request.param)


def read(problem: Problem, name: str) -> str:
    assert problem.folder is not None
    return (problem.folder / name).read_text(encoding="utf-8")


def test_all_are_listed() -> None:
    assert set(NAMES) <= set(plugins.problem_names())


def test_every_file_that_is_named_is_there_and_parses(problem: Problem) -> None:
    named = [*problem.seeds, problem.driver, *(b for b in problem.baselines.values() if isinstance(b, str))]
    for name in named:
        if name is not None:
            ast.parse(read(problem, str(name)))


def test_programs_define_the_entry_that_the_statement_asks_for(problem: Problem) -> None:
    programs = [*problem.seeds, *(b for b in problem.baselines.values() if isinstance(b, str))]
    for name in programs:
        functions = {
            n.name for n in ast.parse(read(problem, str(name))).body if isinstance(n, ast.FunctionDef)
        }
        assert problem.entry in functions
    if problem.name != "sphere":
        assert f"`{problem.entry}(" in problem.statement


def test_seeds_have_one_block_that_may_be_changed(problem: Problem) -> None:
    for seed in problem.seeds:
        marks = re.findall("EVOLVE-BLOCK-(START|END)", read(problem, str(seed)))
        assert marks == ["START", "END"]


def test_the_readme_gives_the_record_and_its_source(problem: Problem) -> None:
    readme = read(problem, "README.md")
    assert "## Best known" in readme
    assert "## Seed" in readme
    if problem.best_known is not None:
        assert problem.best_known_source
        assert f"{problem.best_known:g}" in readme.replace("−", "-")


def test_stages_leave_room_for_a_slow_machine(problem: Problem) -> None:
    assert all(stage.timeout_s >= 1 and stage.memory_mb >= 1024 for stage in problem.stages)
    splits = {case.split for case in problem.all_cases()}
    assert "search" in splits
    assert splits <= set(SPLITS)


STRANGE: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    float("nan"),
    float("-inf"),
    "",
    "1e9",
    [],
    [[]],
    [None],
    {},
    {"score": 1e9},
    [[[[[]]]]],
    [float("nan")] * 26,
    [[float("nan")] * 3] * 26,
    np.zeros(0),
    np.zeros((0, 3)),
    np.zeros((26, 3)),
    np.full((26, 3), np.nan),
    np.array("text"),
    np.array(5),
    np.zeros((2, 2, 2), dtype=complex),
    np.zeros((26, 3), dtype="S3"),
    np.zeros(10, dtype=bool)[::-1],
]


@pytest.mark.parametrize("strange", STRANGE, ids=lambda value: re.sub(r"\s+", " ", repr(value))[:30])
def test_judges_refuse_strange_claims_with_a_message(problem: Problem, strange: Any) -> None:
    """`InvalidCandidate`, or, where numpy reads the claim, what the evaluator turns into the same."""
    assert problem.score is not None
    loose = problem.name == "sphere"  # its three lines leave this to the evaluator
    if loose and isinstance(strange, np.ndarray) and strange.shape == (10,):
        pytest.skip("ten truth values are ten numbers to numpy")
    errors: tuple[type[Exception], ...] = (InvalidCandidate,)
    if loose:
        errors += (TypeError, ValueError, OverflowError, np.exceptions.ComplexWarning)
    case = problem.all_cases()[0]
    arguments = (strange, case) if problem.vary is not None else (strange,)
    with pytest.raises(errors) as caught:
        problem.score(*arguments)
    assert str(caught.value)
