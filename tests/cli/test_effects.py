"""`evo effects` on a run of designs and on one of programs, and the components on a run's page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evo.cli import main
from evo.cli.summarise import summarise
from evo.report.page import page
from evo.store.archive import open_run
from evo.store.journal import Journal
from evo.types import Candidate, Evaluation, Event, Problem, Proposal, Stage, Usage

GAINS = {"none": 0.0, "window": 2.0, "summary": 9.0}
PROBLEM = Problem("toy", "", seeds=["design.json"], stages=(Stage("few"), Stage("all")))


def judge(slots: dict[str, Any], rng: np.random.Generator) -> float:
    together = 4.0 * (slots["memory"] == "window" and slots["planning"] == "tree")
    return GAINS[slots["memory"]] + together + slots["guard"]["limit"] / 10 + float(rng.normal(0, 0.3))


def events(n: int) -> list[Event]:
    """`n` designs: some stop at the first stage, some fail."""
    rng, found, before = np.random.default_rng(0), list[Event](), ""
    for number in range(n):
        slots = {
            "memory": str(rng.choice(list(GAINS))),
            "planning": str(rng.choice(["none", "tree"])),
            "guard": {"use": "strict", "limit": int(rng.integers(1, 40))},
        }
        made = Candidate.of(
            {"design.json": json.dumps({"slots": slots, "at": number})}, [before] if before else []
        )
        operator = "design.mutate" if before else "seed"
        found.append(Proposal(number, operator, made.parents, made))
        found.append(Evaluation(made.id, "few", score=99.0, seconds=1.0, usage=Usage(usd=0.01)))
        if number % 10 == 9:
            found.append(Evaluation(made.id, "all", status="crashed"))
        elif number % 10 != 8:
            found.append(Evaluation(made.id, "all", score=judge(slots, rng), seconds=2.0))
            before = made.id
    found.append(Evaluation(before, "selection", score=1000.0))
    return found


def written(folder: Path, some: list[Event]) -> Path:
    journal = Journal.open(folder)
    journal.append(some)
    journal.close()
    return folder


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("runs") / "designs", events(150))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    seed = Candidate.of({"main.py": "x = 1\n"})
    some: list[Event] = [Proposal(0, "seed", candidate=seed), Evaluation(seed.id, "search", score=1.0)]
    for number in range(1, 9):
        child = Candidate.of({"main.py": f"x = {number + 1}\n"}, [seed.id])
        some.append(Proposal(number, "tune", (seed.id,), child))
        some.append(Evaluation(child.id, "search", score=2.0 + number / 10))
    return written(tmp_path_factory.mktemp("runs") / "programs", some)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["effects", *words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_components_with_intervals(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = shown(capsys, str(run_dir))
    memory = [row for row in rows if row["kind"] == "component" and row["slot"] == "memory"]
    assert [row["component"] for row in memory] == ["summary", "window", "none"]
    best = memory[0]
    assert best["score"]["mean"] == pytest.approx(9 - np.mean([9, 4, 0]), abs=0.5)
    assert best["clear"]
    assert sum(row["n"] for row in memory) == 135  # of 150, 15 wait for the last stage
    assert sum(row["n_ok"] for row in memory) == 120
    (limit,) = (row for row in rows if row["kind"] == "parameter")
    assert limit["parameter"] == "guard.limit"
    assert limit["slope"]["mean"] == pytest.approx(0.1, abs=0.02)
    assert limit["best"] == limit["ranges"][-1]


def test_the_table_says_it_in_a_line(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["effects", str(run_dir)]) == 0
    (line,) = (
        one for one in capsys.readouterr().out.splitlines() if one.strip().startswith("memory=summary")
    )
    words = line.split()
    assert words[1].startswith("+4.")
    assert words[2] == "±"
    assert "designs," in words
    assert "swap" in line


def test_pairs_swaps_and_the_clearest(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = shown(capsys, str(run_dir), "--pairs", "--swaps", "--top", "2")
    kinds = [row["kind"] for row in rows]
    assert kinds == ["component"] * 2 + ["parameter"] + ["pair"] * 2 + ["swap"] * 2
    assert {row["component"] for row in rows[:2]} <= set(GAINS)
    pair = rows[3]
    assert pair["clear"]
    assert {pair["slot"], pair["other_slot"]} == {"memory", "planning"}
    assert main(["effects", str(run_dir), "--pairs", "--swaps"]) == 0
    out = capsys.readouterr().out
    assert "memory=window" in out
    assert " -> " in out


def test_operators_for_designs_and_programs(
    run_dir: Path, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mutate,) = shown(capsys, str(run_dir), "--operators")
    assert (mutate["operator"], mutate["n"], mutate["n_ok"]) == ("design.mutate", 134, 119)
    (tune,) = shown(capsys, str(programs), "--operators")
    assert (tune["n"], tune["clear"]) == (8, True)
    assert tune["gain"]["mean"] == pytest.approx(1.45)
    assert main(["effects", str(programs), "--operators"]) == 0
    assert "8 children" in capsys.readouterr().out


def test_programs_have_no_components(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["effects", str(programs)]) == 2
    error = capsys.readouterr().err
    assert "no components: its candidates are no designs" in error
    assert "--operators" in error
    assert main(["effects", str(programs), "--top", "0"]) == 2
    assert "--top must be at least 1" in capsys.readouterr().err


def test_a_run_that_has_just_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path / "new", events(2)[:-1])
    assert main(["effects", str(folder)]) == 0
    assert "Nothing differs" in capsys.readouterr().out
    assert shown(capsys, str(folder)) == []


def test_the_page_draws_components_and_nothing_for_programs(run_dir: Path, programs: Path) -> None:
    with open_run(run_dir) as view:
        found = summarise(view, PROBLEM)
    assert found.components[0].slot in ("memory", "planning")
    text = page(found)
    assert ">Components<" in text
    assert "memory=summary" in text
    with open_run(programs) as view:
        plain = summarise(view, Problem("toy", "", seeds=["main.py"]))
    assert plain.components == ()
    assert ">Components<" not in page(plain)
