"""A large run stays small in memory: files are on the disk, an index is in memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def measure(folder: Path, n: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.store.scale", str(folder), str(n), "200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["rows"] == 2 * n
    return found


def test_20_000_candidates(fast_path: Path) -> None:
    """80 MB of files: writing them, indexing them and reading some back takes a part of that."""
    found = measure(fast_path, 20_000)
    assert max(found["written_mb"], found["in_use_mb"]) - found["start_mb"] < 150


@pytest.mark.slow
def test_100_000_candidates(tmp_path: Path) -> None:
    found = measure(tmp_path, 100_000)
    assert max(found["written_mb"], found["in_use_mb"]) < 400
