"""The champion on the hold-out cases, beside the seed and what a person brings."""

import json
from pathlib import Path
from typing import Any

import pytest

import evo
from evo.cli import main

PROBLEM = """
from dataclasses import replace
from evo import Case, Evaluation, Problem
def score(output, case):
    if output > 1e6:
        raise ValueError("too large")
    return Evaluation.ok(float(output) * case.expected)
PROBLEM = Problem(name="slopes", statement="x", seeds=["seed.py"], score=score, MORE, cases=[
    Case("a", expected=1.0), *(Case(str(at), split="selection", expected=SLOPE) for at in range(2)),
    *(Case(f"h{at}", split="holdout", expected=SLOPE * (1 + at)) for at in range(3))])
"""


def run(folder: Path, slope: float = 1.0, more: str = "best_known=None") -> Path:
    """A run that prefers large numbers; on other cases than the search's they are worth `slope` each."""
    mine = folder / "mine"
    mine.mkdir()
    (mine / "problem.py").write_text(PROBLEM.replace("SLOPE", str(slope)).replace("MORE", more))
    (mine / "seed.py").write_text("def solve():\n    return 1.0\n")
    words = ["pool=inline", "search=greedy", "operators=tune", "budget.evaluations=15", "run.seed=2"]
    assert main(["run", f"problem={mine}", f"run.dir={folder / 'run'}", "--quiet", *words]) == 0
    return folder / "run"


def verified(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["verify", *words, "--repeats", "1", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_seed_is_judged_beside_the_champion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run(tmp_path)
    (seed,) = verified(capsys, str(folder))["beside"]
    gain = seed["champion_gains"]
    assert (seed["name"], seed["score"], seed["gain_over"]) == ("seed", 2.0, "cases")
    assert 0 < seed["gain_interval"][0] < gain < seed["gain_interval"][1]
    assert main(["verify", str(folder), "--repeats", "1"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("seed"))
    assert line.startswith(f"seed        2  the champion is better: {gain:+.4g} [")
    assert main(["report", str(folder), "--json"]) == 0
    splits = json.loads(capsys.readouterr().out)["champion"]["splits"]
    assert [(one["split"], one["seed"]) for one in splits] == [("selection", 1.0), ("holdout", 2.0)]
    assert main(["report", str(folder)]) == 0
    assert "the seed 2" in (folder / "report.html").read_text()


def test_a_run_says_when_nothing_is_better_than_the_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run(tmp_path, slope=-1.0)
    assert "selection   -1, the seed's: of those judged there none is better" in capsys.readouterr().out
    assert verified(capsys, str(folder))["beside"] == []


def test_others_can_be_judged_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run(tmp_path)
    (tmp_path / "half.py").write_text("def solve():\n    return 0.5\n")
    (tmp_path / "bad.py").write_text("def solve():\n    return 1e9\n")
    second = evo.Run(folder).view().archive.top(2)[1].id
    names = [str(tmp_path / "half.py"), second[:8], str(tmp_path / "bad.py")]
    words = [word for name in names for word in ("--beside", name)]
    half, other, bad = verified(capsys, str(folder), "--alone", *words)["beside"]
    assert [one["name"] for one in (half, other, bad)] == names
    assert (half["score"], other["candidate"], bad["score"]) == (1.0, second, None)
    assert bad["status"] not in ("ok", "lost")
    assert main(["verify", str(folder), *words, "--repeats", "1"]) == 0
    told = capsys.readouterr().out
    assert f"\nbad.py      {bad['status']}: " in told
    assert main(["verify", str(folder), "--beside", "nowhere.py"]) == 2
    assert "nowhere.py is no file or folder" in capsys.readouterr().err


def test_one_judgement_of_what_is_drawn_says_nothing_of_chance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run(tmp_path, more="vary=lambda case, rng: replace(case, expected=case.expected + rng.random())")
    (seed,) = verified(capsys, str(folder))["beside"]
    assert (seed["gain_over"], seed["gain_interval"]) == ("repeats", None)
    capsys.readouterr()
    assert main(["verify", str(folder), "--repeats", "1"]) == 0
    assert "the champion is" not in capsys.readouterr().out
    assert main(["verify", str(folder), "--repeats", "4"]) == 0
    assert "the champion is better" in capsys.readouterr().out
