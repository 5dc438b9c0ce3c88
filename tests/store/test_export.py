"""What somebody else gets in order to check a champion."""

import json
import platform
from pathlib import Path

import pytest

from evo.errors import RunError
from evo.store.archive import open_run
from evo.store.export import export_best
from evo.store.journal import Journal
from evo.types import Candidate, CaseResult, Evaluation, Event, Proposal, Usage


def recorded(folder: Path, files: dict[str, str], artefact: str = "[1, 2]") -> Path:
    seed = Candidate("seed", {"main.py": "x = 1\n"}, (), "seed", "the seed")
    best = Candidate("best", files, ("seed",), "tune", "x 1 -> 2")
    events: list[Event] = [
        Proposal(0, "seed", candidate=seed, usage=Usage(10, 5, 0.25)),
        Evaluation("seed", "search", score=1.0, sandbox="S3", seed=3),
        Proposal(1, "tune", ("seed",), best),
        Evaluation("best", "search", status="lost"),
        Evaluation(
            "best",
            "search",
            2,
            score=2.0,
            metrics={"m": 0.5},
            artefact=artefact,
            sandbox="S3",
            seed=2**64 - 1,
        ),
        Evaluation(
            "best",
            "selection",
            score=4.0,
            cases=(CaseResult("a", "ok", 4.0),),
            sandbox="S2",
            verified=False,
            artefact=artefact,
        ),
    ]
    with Journal.open(folder) as journal:
        journal.append(events)
    (folder / "config.yaml").write_text("problem: {use: sphere, n: 10}\nrun: {seed: 7}\n")
    return folder


def test_the_champion_with_its_evidence(tmp_path: Path) -> None:
    files = {"main.py": "x = 2\n", "lib/deep/er.py": "y = '\N{SNOWMAN}'\n"}
    run = recorded(tmp_path / "run", files)
    out = export_best(open_run(run), tmp_path / "out", draw=lambda found: f"<svg>{found}</svg>")
    assert {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()} == {
        *files,
        "artefact.json",
        "picture.svg",
        "evidence.json",
    }
    assert {path: (out / path).read_text(encoding="utf-8") for path in files} == files
    assert json.loads((out / "artefact.json").read_text()) == [1, 2]
    assert (out / "picture.svg").read_text() == "<svg>[1, 2]</svg>"
    evidence = json.loads((out / "evidence.json").read_text())
    assert (evidence["candidate"], evidence["score"], evidence["status"]) == ("best", 2.0, "ok")
    assert (evidence["verified"], evidence["sandbox"]) == (False, ["S2", "S3"])
    assert (evidence["problem"], evidence["run_seed"]) == ({"use": "sphere", "n": 10}, 7)
    assert [one["score"] for one in evidence["stages"]["search"]] == [2.0]
    assert evidence["stages"]["search"][0]["seed"] == 2**64 - 1
    assert evidence["stages"]["selection"][0]["cases"] == [{"case": "a", "status": "ok", "score": 4.0}]
    assert [one["id"] for one in evidence["lineage"]] == ["seed", "best"]
    assert evidence["spent"]["tokens"] == 15
    assert (evidence["spent"]["evaluations"], evidence["spent"]["proposals"]) == (2, 2)
    assert evidence["exported_with"]["python"] == platform.python_version()
    assert "pyarrow" in evidence["exported_with"]["packages"]
    assert evidence["files"] == {path: path for path in files}
    assert evidence["verification"] is None


def test_another_candidate_and_what_verification_found(tmp_path: Path) -> None:
    run = recorded(tmp_path / "run", {"main.py": "x = 2\n"})
    (run / "verified.json").write_text('{"score": 3.5}')
    out = export_best(open_run(run), tmp_path / "out", candidate="seed")
    assert (out / "main.py").read_text() == "x = 1\n"
    evidence = json.loads((out / "evidence.json").read_text())
    assert (evidence["candidate"], evidence["verification"]) == ("seed", {"score": 3.5})
    assert not (out / "artefact.json").exists()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    run = recorded(tmp_path / "run", {"main.py": "x = 2\n"})
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match=r"is not empty.*--force"):
        export_best(open_run(run), out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    export_best(open_run(run), out, force=True)
    assert (out / "mine.txt").read_text() == "mine"
    assert (out / "main.py").read_text() == "x = 2\n"
    with pytest.raises(RunError, match="is not empty"):
        export_best(open_run(run), out / "mine.txt")


@pytest.mark.parametrize(
    "path", ["../out-of-here", "/tmp/evo-escaped", "a/../../b", "", ".", "a\0b", "..\\b"]
)
def test_a_candidate_does_not_write_elsewhere(tmp_path: Path, path: str) -> None:
    run = recorded(tmp_path / "run", {"main.py": "x", path: "escaped"})
    with pytest.raises(RunError, match="outside of"):
        export_best(open_run(run), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not Path("/tmp/evo-escaped").exists()


@pytest.mark.parametrize("path", ["main.py/below", "x" * 300, "\ud800.py"])
def test_a_name_that_cannot_be_written(tmp_path: Path, path: str) -> None:
    run = recorded(tmp_path / "run", {"main.py": "x", path: "y"})
    with pytest.raises(RunError, match="cannot be written"):
        export_best(open_run(run), tmp_path / "out")


def test_a_link_does_not_lead_a_candidate_elsewhere(tmp_path: Path) -> None:
    run = recorded(tmp_path / "run", {"lib/a.py": "escaped"})
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "lib").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="by a link"):
        export_best(open_run(run), tmp_path / "out", force=True)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_candidate_does_not_write_its_own_evidence(tmp_path: Path) -> None:
    run = recorded(tmp_path / "run", {"evidence.json": "forged", "./artefact.json": "forged", "main.py": "x"})
    out = export_best(open_run(run), tmp_path / "out")
    evidence = json.loads((out / "evidence.json").read_text())
    assert evidence["candidate"] == "best"
    assert evidence["files"]["evidence.json"] == "candidate.evidence.json"
    assert (out / "candidate.evidence.json").read_text() == "forged"
    assert json.loads((out / "artefact.json").read_text()) == [1, 2]


def test_texts_that_utf_8_cannot_hold(tmp_path: Path) -> None:
    run = recorded(tmp_path / "run", {"main.py": "x = '\ud800'\n"}, artefact='"\ud800"')
    out = export_best(open_run(run), tmp_path / "out")
    assert (out / "main.py").read_bytes().decode("utf-8", "surrogatepass") == "x = '\ud800'\n"


def test_a_run_without_a_champion(tmp_path: Path) -> None:
    Journal.open(tmp_path / "run").close()
    with pytest.raises(RunError, match="no candidate that is ok yet"):
        export_best(open_run(tmp_path / "run"), tmp_path / "out")
