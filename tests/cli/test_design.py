"""`evo design`, and designs in `evo show`, `evo diff` and the page of a run."""

import json
from pathlib import Path

import pytest

from evo.cli import main
from evo.cli.eval import read_candidate
from evo.cli.summarise import summarise
from evo.report.page import page
from evo.store.archive import open_run
from evo.store.journal import Journal
from evo.types import Candidate, Evaluation, Proposal
from tests.design.shelf import POOR, problem

SEED = Candidate.of({"design.yaml": POOR})
CHILD = Candidate.of(
    {"design.yaml": POOR + "  memory: {use: window, size: 16}\n"}, [SEED.id], "design.mutate", "memory"
)

PROBLEM = """
from evo import Problem
PROBLEM = Problem(name="toy", statement="", seeds=[{"design.yaml": "slots: {workflow: loop}"}],
                  options={"design": {"models": ["small"]}})
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    folder = tmp_path / "toy"
    problem(folder)
    (folder / "problem.py").write_text(PROBLEM)
    return folder


@pytest.fixture
def design(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "design.yaml").write_text("# why\nslots:\n  memory: window\n  workflow: loop\n")
    return folder


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    journal = Journal.open(folder)
    verdicts = [Evaluation(one.id, "search", score=score) for one, score in ((SEED, 1.0), (CHILD, 2.0))]
    journal.append(
        [Proposal(0, "seed", candidate=SEED), Proposal(1, "design.mutate", (SEED.id,), CHILD), *verdicts]
    )
    journal.close()
    return folder


def test_a_design_in_one_file_may_have_any_name(
    toy: Path, design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = design / "best_one.yaml"
    (design / "design.yaml").rename(other)
    assert main(["design", "check", str(other), f"problem={toy}"]) == 0
    assert "memory    window(size=8)" in capsys.readouterr().out
    assert list(read_candidate(other).files) == ["design.yaml"]
    other.write_text("a: setting\n")
    assert list(read_candidate(other).files) == ["best_one.yaml"]


def test_check_says_what_stands_where(toy: Path, design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "check", str(design), f"problem={toy}"]) == 0
    assert "memory    window(size=8)" in capsys.readouterr().out
    assert main(["design", "check", str(design), f"problem={toy}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["slots"]["memory"] == {"use": "window", "size": 8}


def test_a_budget_is_checked_written_and_shown(
    toy: Path, design: Path, run_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (design / "design.yaml").write_text("budget: {usd: 0.5, calls: 20}\n" + POOR)
    assert main(["design", "check", str(design), f"problem={toy}"]) == 0
    assert "budget    at most calls 20, usd 0.5 in a case" in capsys.readouterr().out
    assert main(["design", "check", str(design), f"problem={toy}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["budget"] == {"calls": 20, "usd": 0.5}
    assert main(["design", "format", str(design), f"problem={toy}"]) == 0
    assert (design / "design.yaml").read_text().endswith("\nbudget: {calls: 20, usd: 0.5}\n")
    (design / "design.yaml").write_text("budget: {call: 20}\n" + POOR)
    assert main(["design", "check", str(design), f"problem={toy}"]) == 2
    assert "budget: there is no limit of 'call'. Did you mean 'calls'?" in capsys.readouterr().err
    made = Candidate.of({"design.yaml": POOR + "budget: {calls: 20}\n"}, [SEED.id], "llm.diff")
    journal = Journal.open(run_dir)
    journal.append([Proposal(2, "llm.diff", (SEED.id,), made)])
    journal.close()
    assert main(["show", str(run_dir), made.id]) == 0
    assert "budget      at most calls 20 in a case" in capsys.readouterr().out
    assert main(["diff", str(run_dir), SEED.id, made.id]) == 0
    assert "budget.calls: nothing -> 20" in capsys.readouterr().out


def test_check_says_all_that_is_wrong(toy: Path, design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (design / "design.yaml").write_text("slots:\n  memory: windw\n  planing: none\n")
    assert main(["design", "check", str(design), f"problem={toy}"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix("InvalidDesign: ").partition(":")[0] for line in lines] == [
        "planing",
        "workflow",
        "memory",
    ]
    assert main(["design", "check", str(design), f"problm={toy}"]) == 2
    assert main(["design", "check"]) == 2


def test_format_changes_nothing_but_the_form(
    toy: Path, design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["design", "format", str(design), f"problem={toy}", "--json"]) == 0
        first, *_ = (design / "design.yaml").read_text().splitlines()[1:]
        assert first == "  workflow: {use: loop, steps: 10}"
    one, other = (json.loads(line)["id"] for line in capsys.readouterr().out.splitlines())
    assert one == other


def test_list_schema_and_graph(toy: Path, design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "list", str(toy)]) == 0
    assert "planning  search" in capsys.readouterr().out
    assert main(["design", "list", "--json"]) == 0
    assert "window" in {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()}
    assert main(["design", "schema", str(toy)]) == 0
    slots = json.loads(capsys.readouterr().out)["properties"]["slots"]
    assert slots["properties"]["model"]["anyOf"][0] == {"enum": ["none", "small"]}
    assert main(["design", "graph", str(design), f"problem={toy}"]) == 0
    assert capsys.readouterr().out.startswith("<svg")


def test_tools_are_listed_where_a_design_may_have_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, tools in (("with", ["none", "all"]), ("without", ["none"])):
        folder = tmp_path / name
        folder.mkdir()
        slots = {"slots": {"tools": tools}}
        (folder / "problem.py").write_text(PROBLEM.replace('{"models": ["small"]}', repr(slots)))
        assert main(["design", "list", str(folder), "--json"]) == 0
        listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [one["name"] for one in listed if one["slot"] == "tools"] == tools
        assert any(one["slot"] == "tool" for one in listed) == (name == "with")


def test_show_and_diff_speak_in_slots(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(run_dir), CHILD.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["slots"]["memory"] == {"use": "window", "size": 16}
    assert main(["show", str(run_dir), CHILD.id]) == 0
    assert "memory      window(size=16)" in capsys.readouterr().out
    assert main(["diff", str(run_dir), SEED.id, CHILD.id, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["slots"] == [{"where": "memory", "before": "", "after": "window(size=16)"}]
    assert "+  memory" in found["diff"]
    assert main(["diff", str(run_dir), SEED.id, CHILD.id]) == 0
    assert "memory: nothing -> window(size=16)" in capsys.readouterr().out


def test_the_page_draws_the_best_design(run_dir: Path, tmp_path: Path) -> None:
    with open_run(run_dir) as view:
        found = summarise(view, problem(tmp_path / "toy"))
    assert found.champion is not None
    assert "window" in found.champion.picture
    assert "data:image/svg+xml" in page(found)
