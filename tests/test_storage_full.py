"""A run on a small disk: it stops cleanly, says so, keeps everything, and goes on when there is room."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evo.cli import main
from evo.store.journal import read_events
from evo.types import Evaluation


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of 2 MiB, where this user may mount one."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_the_run_cleanly_and_it_goes_on_with_room(
    small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_disk / "run"
    seed = "def solve():\n    text = '" + os.urandom(30_000).hex() + "'\n    return len(text) * 0.5\n"
    problem = small_disk.parent / "large"
    problem.mkdir()
    (problem / "seed.py").write_text(seed)
    (problem / "problem.py").write_text(
        "from evo import Evaluation, Problem\n"
        "def score(output):\n    return Evaluation.ok(float(output))\n"
        "PROBLEM = Problem(name='large', statement='x', seeds=['seed.py'], score=score)\n"
    )
    words = [f"problem={problem}", "pool=inline", "search=greedy", "operators=tune", f"run.dir={folder}"]
    command = [sys.executable, "-m", "evo", "run", *words, "budget.evaluations=500", "--quiet", "--no-report"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    kept = list(read_events(folder))
    n = sum(isinstance(event, Evaluation) for event in kept)
    assert n > 5
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    resume = ["resume", str(folder), f"budget.evaluations={n + 20}", "--quiet", "--no-report"]
    assert main(resume) == 0
    after = list(read_events(folder))
    assert after[: len(kept)] == kept
    assert sum(isinstance(event, Evaluation) for event in after) == n + 20
