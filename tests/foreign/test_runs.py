"""Whole runs on problems of other systems: they end, and every score says that it is not verified."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from evo import plugins
from evo.cli import main
from evo.pool.ray import RayPool
from evo.pool.worker import WorkerSpec
from evo.store.journal import read_batches
from evo.types import EvaluateTask
from tests.pool.toys import judge

HERE = Path(__file__).parent
PROGRAMS = {
    "openevolve_function_minimisation": "initial_program.py",
    "shinka_polynomial_fit": "initial.py",
}


@pytest.fixture(scope="module", params=PROGRAMS)
def run_dir(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on a copy of the problem's folder."""
    place = tmp_path_factory.mktemp("foreign")
    problem = shutil.copytree(HERE / request.param, place / request.param)
    words = [f"problem={problem}", "pool=inline", "budget.evaluations=30", f"run.dir={place / 'run'}"]
    assert main(["run", *words, "--quiet"]) == 0
    return place / "run"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_no_record_is_verified(run_dir: Path) -> None:
    rows = [
        row for batch in read_batches(run_dir, ("kind", "verified", "status")) for row in batch.to_pylist()
    ]
    judged = [row for row in rows if row["kind"] == "evaluation"]
    assert len(judged) == 30
    assert not any(row["verified"] for row in judged)


def test_the_listings_say_it(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["top", str(run_dir), "-n", "2"], ["show", str(run_dir)], ["show", str(run_dir), "best"]):
        assert main(words) == 0
        assert "unverified" in capsys.readouterr().out
    assert main(["ls", str(run_dir.parent)]) == 0
    assert "unverified" in capsys.readouterr().out
    assert main(["ls", str(run_dir.parent), "--json"]) == main(["top", str(run_dir), "--json"]) == 0
    rows = lines(capsys)
    assert len(rows) > 2
    assert not any(row["verified"] for row in rows)


def test_the_page_says_it(run_dir: Path) -> None:
    text = (run_dir / "report.html").read_text()
    assert "Not verified." in text
    assert text.count("unverified") >= 4
    assert "unverified" in text.partition("</title>")[0]


def test_the_evidence_says_it(run_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evidence = json.loads((run_dir / "best" / "evidence.json").read_text())
    assert not evidence["verified"]
    assert not any(one["verified"] for one in evidence["lineage"])
    assert main(["export", str(run_dir), str(tmp_path / "out")]) == 0
    assert "UNVERIFIED" in capsys.readouterr().out
    assert main(["verify", str(run_dir), "--repeats", "1"]) == 0
    assert "UNVERIFIED" in capsys.readouterr().out
    assert not json.loads((run_dir / "verified.json").read_text())["verified"]


def test_the_last_words_say_it_also_after_a_resume_from_elsewhere(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    evaluations = json.loads((run_dir / "outcome.json").read_text())["evaluations"]
    words = ["resume", str(run_dir), f"budget.evaluations={evaluations + 5}"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "verified=no" in next(line for line in out.splitlines() if line.startswith("end "))
    assert "UNVERIFIED" in out
    assert "the score may be forged" in out
    assert main([*words[:2], f"budget.evaluations={evaluations + 8}", "--json", "--quiet"]) == 0
    assert lines(capsys)[-1]["verified"] is False


@pytest.mark.parametrize(("folder", "program"), PROGRAMS.items())
def test_eval_says_it(folder: str, program: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = HERE / folder / program
    assert main(["eval", f"problem={HERE / folder}", str(file), "--json"]) == 0
    (row,) = lines(capsys)
    assert (row["status"], row["verified"], row["file"]) == ("ok", False, str(file))
    assert main(["eval", f"problem={HERE / folder}", str(file)]) == 0
    assert " unverified " in capsys.readouterr().out


def test_settings_of_others_are_no_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", str(HERE)]) == 0
    assert "No runs below" in capsys.readouterr().out


@pytest.mark.usefixtures("ray_session")
@pytest.mark.timeout(120)
def test_ray_workers_judge_it() -> None:
    problem = plugins.problem(HERE / "openevolve_function_minimisation")
    text = (HERE / "openevolve_function_minimisation" / "initial_program.py").read_text()
    files = {"good": text, "bad": "1 / 0"}
    tasks = [EvaluateTask(n, "search", files={"initial_program.py": t}) for n, t in files.items()]

    async def work() -> dict[str, Any]:
        pool = RayPool(WorkerSpec.of(problem), slots=1)
        try:
            return await judge(pool, tasks)
        finally:
            await pool.close()

    found = asyncio.run(work())
    assert {name: (one.status, one.verified) for name, one in found.items()} == {
        "good": ("ok", False),
        "bad": ("invalid", False),
    }
