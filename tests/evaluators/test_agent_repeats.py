"""A design that is judged in two processes gets the same scores, by the same actions and the same calls."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def played(hash_seed: str, seed: str) -> list[list[object]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.evaluators.walk_again", seed],
        cwd=PROJECT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_thirty_five_designs_play_the_same_in_two_processes() -> None:
    first, second = played("1", "1"), played("2", "99")
    assert first == second
    assert len(first) == 35
    assert {status for _, status, *_ in first} <= {"ok", "timeout", "crashed"}
    assert len({artefact for *_, artefact in first}) > 10
    acted = [json.loads(str(artefact)) for *_, artefact in first if artefact]
    assert sum("actions" in row for rows in acted for row in rows) > 30
