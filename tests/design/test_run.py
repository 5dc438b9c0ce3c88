"""A whole search over designs, with an evaluator that adds up what each slot is worth."""

import json
from pathlib import Path

import pytest

from evo.cli import main
from evo.design.catalogue import Catalogue
from evo.design.design import Design
from evo.design.space import Space
from evo.plugins import problem as load
from evo.store.archive import open_run
from tests.design.shelf import problem

CODE = """
from evo import Evaluation, Problem
from evo.value.slots import slots_of

WORTH = {"rule": 1.0, "search": 2.0, "map": 0.5, "visited": 0.25, "window": 0.75, "expert": -0.5}

class Sum:
    sandbox_level = ""
    def __init__(self, problem, sandbox, design):
        pass
    def __call__(self, task):
        slots = slots_of(task.files)
        score = sum(WORTH.get(str(value), 0.0) for value in slots.values())
        score -= abs(slots["workflow.steps"] - 17) / 40 if "workflow.steps" in slots else 1.0
        return Evaluation(task.candidate, task.stage, score=score)
    def close(self):
        pass

SLOTS = {"workflow": ["loop"], "reasoning": ["none", "rule"], "planning": ["none", "search"],
         "memory": ["none", "map", "visited", "window"], "profile": ["none", "expert"], "tools": ["none"],
         "guard": ["none"]}
PROBLEM = Problem(name="sum", statement="", seeds=[{"design.yaml": "slots: {workflow: loop}"}],
                  evaluator="problem.py:Sum", options={"design": {"models": [], "slots": SLOTS}})
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    problem(tmp_path)
    (tmp_path / "problem.py").write_text(CODE)
    return tmp_path


def test_a_search_finds_the_best_design(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = toy / "run"
    words = [f"problem={toy}", "operators=design", "search=greedy", "pool=inline", "budget.evaluations=150"]
    assert main(["run", *words, f"run.dir={folder}", "--quiet"]) == 0
    with open_run(folder) as view:
        files = view.candidate(view.resolve("best")).files
        statuses = view.archive.counts()["proposals"]
        best = view.archive.champion()
    catalogue = Catalogue.of(load(toy))
    found = Design.load(files, catalogue)
    assert {slot: found.parts[slot].use for slot in ("reasoning", "planning", "memory", "profile")} == {
        "reasoning": "rule",
        "planning": "search",
        "memory": "map",
        "profile": "none",
    }
    assert best is not None
    assert best.score == pytest.approx(3.5, abs=0.1)
    assert statuses["ok"] >= 150
    assert statuses.get("crashed", 0) == 0
    assert Space(catalogue).size > 10_000
    capsys.readouterr()
    assert main(["diff", str(folder), "seed", "best", "--json"]) == 0
    assert {"planning", "memory"} <= {one["where"] for one in json.loads(capsys.readouterr().out)["slots"]}


def test_a_cold_start_is_a_covering_array_if_it_is_asked_for(toy: Path) -> None:
    words = [f"problem={toy}", "operators=design", "search=greedy", "pool=inline", "budget.evaluations=30"]
    made = {}
    for name, more in {"without": [], "one": ["run.cold_start=12"], "two": ["run.cold_start=12"]}.items():
        assert main(["run", *words, *more, f"run.dir={toy / name}", "--quiet"]) == 0
        with open_run(toy / name) as view:
            made[name] = [(one.operator, one.id) for one in view.archive.standings()]
    assert "design.cover" not in {operator for operator, _ in made["without"]}
    assert [operator for operator, _ in made["one"][:14]].count("design.cover") == 12
    assert [operator for operator, _ in made["one"]].count("design.cover") == 12
    assert made["one"] == made["two"]


def test_a_cold_start_that_nobody_makes_is_refused(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"problem={toy}", "operators=tune", "pool=inline", "run.cold_start=12", f"run.dir={toy / 'run'}"]
    assert main(["run", *words]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "run.cold_start=12: first candidates are made by llm.start or design.cover" in said
    assert not (toy / "run").exists()
