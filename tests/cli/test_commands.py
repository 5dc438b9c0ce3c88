"""Every command on a real run, as a person would use it, and what it says to wrong input."""

import json
from pathlib import Path
from typing import Any

import pytest

from evo.cli import COMMANDS, main


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "one"
    words = ["problem=sphere", "pool=inline", "search=greedy", "budget.evaluations=40", f"run.dir={folder}"]
    assert main(["run", *words, "--quiet"]) == 0
    return folder


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_run_leaves_its_champion_and_its_page(run_dir: Path) -> None:
    assert (run_dir / "best" / "seed.py").is_file()
    assert (run_dir / "best" / "artefact.json").is_file()
    assert "sphere" in (run_dir / "report.html").read_text()
    assert json.loads((run_dir / "outcome.json").read_text())["exit_status"] == 0


def test_top(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["top", str(run_dir), "-n", "3", "--json"]) == 0
    rows = lines(capsys)
    assert {"id", "score", "metrics", "operator", "parents", "files"} <= set(rows[0])
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert len(rows) == 3
    assert main(["top", str(run_dir)]) == 0
    assert rows[0]["id"][:8] in capsys.readouterr().out


def test_ls_show_lineage_and_diff(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", str(run_dir.parent), "--json"]) == 0
    (row,) = lines(capsys)
    assert (row["problem"], row["evaluations"]) == ("sphere", 40)
    assert main(["show", str(run_dir), "best", "--json"]) == 0
    (best,) = lines(capsys)
    assert best["evaluations"][0]["status"] == "ok"
    assert main(["lineage", str(run_dir), best["id"][:6], "--json"]) == 0
    chain = lines(capsys)
    assert (chain[0]["operator"], chain[-1]["id"]) == ("seed", best["id"])
    assert main(["diff", str(run_dir), "seed", "best", "--json"]) == 0
    (found,) = lines(capsys)
    assert found["diff"].startswith("---")
    for words in (["ls", str(run_dir.parent)], ["show", str(run_dir)], ["show", str(run_dir), "best"]):
        assert main(words) == 0
    assert main(["lineage", str(run_dir), "best"]) == main(["diff", str(run_dir), "seed", "best"]) == 0
    assert "seed" in capsys.readouterr().out


def test_export_writes_the_evidence(
    run_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(run_dir), "--json"]) == 0
    (verdict,) = lines(capsys)
    assert verdict["status"] == "ok"
    assert main(["export", str(run_dir), "--best", str(tmp_path / "out"), "--json"]) == 0
    (written,) = lines(capsys)
    assert {"seed.py", "artefact.json", "evidence.json"} <= set(written["files"])
    evidence = json.loads((tmp_path / "out" / "evidence.json").read_text())
    assert evidence["problem"]
    assert main(["export", str(run_dir), str(tmp_path / "out")]) == 2
    assert "--force" in capsys.readouterr().err


def test_plot_and_report(run_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", str(run_dir), "--out", str(tmp_path / "p.svg")]) == 0
    assert (tmp_path / "p.svg").read_text().startswith("<svg")
    capsys.readouterr()
    assert main(["plot", str(run_dir), "--json"]) == 0
    (curve,) = lines(capsys)
    assert curve["best"] == sorted(curve["best"])
    assert main(["report", str(run_dir), "--out", str(tmp_path / "r.html")]) == 0
    assert (tmp_path / "r.html").stat().st_size > 10_000


def test_verify_says_when_there_is_no_holdout(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(run_dir), "--repeats", "2"]) == 0
    assert "no hold-out cases" in capsys.readouterr().out
    assert json.loads((run_dir / "verified.json").read_text())["split"] == "search"


def test_eval_judges_files_and_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.py").write_text("def solve():\n    return [1.0] * 10\n")
    (tmp_path / "bad.py").write_text("def solve():\n    return [1.0] * 9\n")
    many = tmp_path / "many"
    many.mkdir()
    (many / "main.py").write_text("from part import x\n\ndef solve():\n    return [x] * 10\n")
    (many / "part.py").write_text("x = 2.0\n")
    names = [str(tmp_path / name) for name in ("good.py", "bad.py", "many")]
    assert main(["eval", "problem=sphere", *names, "--json"]) == 0
    good, bad, folder = lines(capsys)
    assert (good["status"], good["score"], good["metrics"]) == ("ok", -10.0, {"largest": 1.0})
    assert (bad["status"], bad["score"]) == ("invalid", None)
    assert "10 numbers" in bad["feedback"]
    assert folder["score"] == -40.0
    assert set(good) == {"file", "status", "score", "metrics", "feedback", "seconds", "sandbox", "verified"}


def test_a_problem_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["problem", "new", "mine"]) == 0
    assert main(["problem", "check", "mine"]) == 0
    out = capsys.readouterr().out
    assert "FAIL" not in out
    assert "returns NaN" in out
    words = ["problem=./mine", "pool=inline", "search=greedy", "budget.evaluations=30", "run.dir=r", "--json"]
    assert main(["run", *words]) == 0
    assert lines(capsys)[-1]["score"] > -4.5
    assert main(["verify", "r", "--json"]) == 0
    assert lines(capsys)[0]["split"] == "holdout"


def test_a_problem_that_believes_its_candidates_fails_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seed.py").write_text("def solve():\n    return {'score': 1.0}\n")
    (tmp_path / "problem.py").write_text(
        "from evo import Evaluation, Problem\n"
        "def score(output):\n    return Evaluation.ok(output['score'])\n"
        "PROBLEM = Problem(name='naive', statement='x', seeds=['seed.py'], score=score)\n"
    )
    assert main(["problem", "check", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert "FAIL  returns nested rubbish" in captured.out
    assert "1 of" in captured.err


def test_a_small_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["problem=sphere", "budget.evaluations=15", "--methods", "greedy,best_of_n", "--seeds", "2"]
    assert main(["baseline", *words, "--out", str(tmp_path), "--json"]) == 0
    rows = lines(capsys)
    assert {row["method"] for row in rows} == {"greedy", "best_of_n"}
    assert all(row["runs"] == 2 and row["best"]["low"] <= row["best"]["median"] for row in rows)
    before = {file: file.stat().st_mtime for file in tmp_path.glob("*/result.json")}
    assert main(["baseline", *words, "--out", str(tmp_path), "--json"]) == 0
    assert {file: file.stat().st_mtime for file in tmp_path.glob("*/result.json")} == before


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert "Examples:" in out
    assert f"evo {name}" in out


def test_the_command_alone_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["rnu"], 2, "no command 'rnu'. Did you mean 'run'"),
        (["run"], 2, "which problem"),
        (["run", "problem=spheer"], 2, "Did you mean 'sphere'"),
        (["run", "problem=sphere", "search=greedi"], 2, "Did you mean 'greedy'"),
        (
            ["run", "problem=sphere", "search=top_k", "search.presure=1", "pool=inline"],
            2,
            "no setting 'presure'. Did you mean 'pressure'",
        ),
        (["run", "problem=sphere", "budget.evaluations=x"], 2, "budget.evaluations=x"),
        (["run", "problem=circle_packing", "problem.n=0", "pool=inline"], 2, "n=0"),
        (["run", "problem=sphere", "--qiet"], 2, "--qiet"),
        (["eval", "problem=sphere"], 2, "which candidates"),
        (["eval", "problem=sphere", "nowhere.py"], 2, "no file or folder nowhere.py"),
        (["eval", "problem=sphere", "x.py", "--split", "holdout"], 2, "x.py"),
        (["resume", "/nowhere"], 2, "is not a run"),
        (["top", "/nowhere"], 2, "is not a run"),
        (["report", "/nowhere"], 2, "is not a run"),
        (["ls", "/nowhere"], 2, "no folder"),
        (["baseline", "problem=sphere", "--methods", "magic"], 2, "no method 'magic'"),
        (["problem", "check"], 2, "which folder"),
    ],
)
def test_wrong_input_is_one_line_and_a_status(
    words: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == status
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.strip().splitlines()) == 1
    assert captured.out == ""


def test_an_unknown_id_names_the_way_out(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(run_dir), "zzzz"]) == 2
    assert "evo top" in capsys.readouterr().err
