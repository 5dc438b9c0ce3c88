"""Whole runs, as the command line and notebooks start them, in the real jail."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import evo
from evo.errors import ProblemError, RunError
from evo.store.journal import read_events
from evo.store.standing import Standing
from evo.types import Evaluation, Proposal

WORDS = ["problem=sphere", "pool=inline", "budget.evaluations=60", "search=greedy"]


def start(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "evo",
        "run",
        *WORDS,
        f"run.dir={folder}",
        "--quiet",
        "--no-report",
        *words,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def resume(folder: Path, *words: str) -> int:
    command = [sys.executable, "-m", "evo", "resume", str(folder), "--quiet", "--no-report", *words]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


def story(folder: Path) -> list[tuple[object, ...]]:
    """What happened, without the clock."""
    rows: list[tuple[object, ...]] = []
    for event in read_events(folder):
        if isinstance(event, Proposal):
            rows.append((event.number, event.operator, event.status, event.candidate and event.candidate.id))
        elif isinstance(event, Evaluation):
            rows.append((event.candidate, event.stage, event.status, event.score))
    return rows


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    process = start(folder)
    assert process.wait(timeout=120) == 0
    return folder


def test_the_same_seed_gives_the_same_run(whole: Path, tmp_path: Path) -> None:
    run = evo.search("sphere", budget=60, search="greedy", dir=tmp_path / "again")
    assert story(run.folder) == story(whole)
    assert story(run.folder) != []


def test_another_seed_gives_another_run(whole: Path, tmp_path: Path) -> None:
    run = evo.search("sphere", budget=60, search="greedy", seed=1, dir=tmp_path / "other")
    assert story(run.folder) != story(whole)


def killed_and_resumed(whole: Path, folder: Path, kills: int) -> None:
    """Kills a run's driver at moments spread over its life, until it is whole; then compares."""
    process = start(folder)
    events_wanted = len(story(whole))
    for kill in range(kills):
        goal = events_wanted * (kill + 1) // (kills + 1)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if (folder / "config.yaml").exists() and len(story(folder)) >= goal:
                time.sleep(0.003 * (kill % 7))  # somewhere within a step
                break
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = story(folder)
        assert before == story(whole)[: len(before)]
        command = [sys.executable, "-m", "evo", "resume", str(folder), "--quiet", "--no-report"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    assert process.wait(timeout=120) == 0
    assert story(folder) == story(whole)


def test_a_killed_driver_loses_nothing_and_repeats_nothing(whole: Path, tmp_path: Path) -> None:
    killed_and_resumed(whole, tmp_path / "run", kills=4)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_kills(whole: Path, tmp_path: Path) -> None:
    for part in range(10):
        killed_and_resumed(whole, tmp_path / f"run-{part}", kills=5)


def test_an_interrupted_run_says_so_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start(folder, "budget.evaluations=100000")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (folder / "config.yaml").exists():
        time.sleep(0.01)
    while time.monotonic() < deadline and len(story(folder)) < 20:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    n = sum(isinstance(event, Evaluation) for event in read_events(folder))
    assert resume(folder, f"budget.evaluations={n + 10}") == 0
    assert sum(isinstance(event, Evaluation) for event in read_events(folder)) == n + 10


def test_a_run_in_use_is_refused_at_once(tmp_path: Path) -> None:
    run = evo.search("sphere", budget=5, search="greedy", dir=tmp_path / "run")
    from evo.session import Session

    with Session.resume(run.folder), pytest.raises(RunError, match=f"in use|{os.getpid()}"):
        Session.resume(run.folder)


def test_a_folder_with_a_run_is_not_overwritten(tmp_path: Path) -> None:
    run = evo.search("sphere", budget=5, search="greedy", dir=tmp_path / "run")
    before = story(run.folder)
    with pytest.raises(RunError, match="evo resume"):
        evo.search("sphere", budget=5, dir=run.folder)
    assert story(run.folder) == before


def write_problem(
    folder: Path, seed: str, judge: str = "Evaluation.ok(float(output))", more: str = ""
) -> Path:
    folder.mkdir()
    (folder / "seed.py").write_text(seed)
    (folder / "problem.py").write_text(
        "from evo import Case, Evaluation, InvalidCandidate, Problem\n"
        f"def score(output):\n    return {judge}\n"
        f"PROBLEM = Problem(name='mine', statement='x', seeds=['seed.py'], score=score{more})\n"
    )
    return folder


def test_a_seed_that_fails_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    problem = write_problem(tmp_path / "mine", "def solve():\n    return 1 / 0\n")
    with pytest.raises(ProblemError, match="ZeroDivisionError"):
        evo.search(problem, budget=5, dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_problem_without_cases_is_refused(tmp_path: Path) -> None:
    problem = write_problem(tmp_path / "mine", "def solve():\n    return 1\n", more=", cases=[]")
    with pytest.raises(ProblemError, match="no cases"):
        evo.search(problem, budget=5, dir=tmp_path / "run")


def picked_on_selection(folder: Path, seed: float) -> tuple[Standing, dict[str, float], evo.Run]:
    """Search prefers large x, selection a positive x near 5; the best five by search and the seed meet again there."""
    write_problem(
        folder / "mine",
        f"def solve(to):\n    x = {seed}\n    return x if to is None else -abs(x - to) if x > 0 else -1e30\n",
    )
    text = (folder / "mine" / "problem.py").read_text()
    cases = "cases=[Case('a', {'to': None}), Case('b', {'to': 5.0}, split='selection')]"
    (folder / "mine" / "problem.py").write_text(text.replace("score=score", f"score=score, {cases}"))
    run = evo.search(folder / "mine", budget=40, search="greedy", operators="tune", dir=folder / "run")
    with run.view() as view:
        judged = [row for row in view.archive.top(40) if view.archive.judged(row.id, "selection")]
        champion = view.archive.champion()
        assert champion is not None
        return champion, {row.id: row.scores["selection"] for row in judged}, run


def test_the_champion_is_picked_on_selection(tmp_path: Path) -> None:
    champion, scores, run = picked_on_selection(tmp_path, -1.0)
    assert len(scores) == 6
    assert champion.id == max(scores, key=lambda name: scores[name])
    assert champion.id != run.view().archive.top(1)[0].id
    assert champion.operator != "seed"


def test_the_seed_stays_champion_where_all_that_was_found_is_worse_on_selection(
    tmp_path: Path,
) -> None:
    champion, scores, run = picked_on_selection(tmp_path, 5.0)
    origin = run.view().archive.origin()
    assert origin is not None
    assert (len(scores), champion.id, champion.operator) == (6, origin.id, "seed")


def test_a_problem_made_in_a_notebook(tmp_path: Path) -> None:
    problem = evo.Problem(
        name="notebook",
        statement="largest x below 10",
        seeds=[{"seed.py": "def solve():\n    return 3.0\n"}],
        score=lambda x: evo.Evaluation.ok(float(x) if x < 10 else -float(x)),
    )
    run = evo.search(problem, budget=60, search="greedy", operators="tune", dir=tmp_path / "run")
    assert 3.0 < run.best.evaluation.score < 10
    table = run.table()
    assert table.num_rows == 60
    before = run.best.evaluation.score
    assert run.resume(budget=80).best.evaluation.score >= before
    assert run.table().num_rows == 80
