"""The suite still bites: a naive adapter falls for most of what it is safe to try on it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.redteam import naive
from tests.redteam.hostile import HERE, candidates, controls
from tests.redteam.world import World

MUST_FALL_FOR = 24


@pytest.fixture
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:  # candidates do reach this grader, so it is a copy
        grader = Path(folder, "tests", "redteam", "target", "problem.py")
        grader.parent.mkdir(parents=True)
        shutil.copy(HERE / "target" / "problem.py", grader)
        world = World(os.getuid(), os.getgid(), Path(folder))
        yield world
        world.close()


def test_naive_adapter_judges_honest_candidates(world: World):
    plain = next(control for control in controls() if control.name == "controls/plain")
    assert naive.judge(plain, world).score == 64.0


def test_naive_adapter_falls_for_hostile_candidates(world: World):
    tried = [hostile for hostile in candidates() if hostile.naive]
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda hostile: naive.cheated(hostile, world), tried))
    fell = {hostile.name: how for hostile, how in zip(tried, results, strict=True)}
    held = [name for name, how in fell.items() if not how]
    assert len(tried) - len(held) >= MUST_FALL_FOR, f"held: {held}"
    assert {name.partition("/")[0] for name, how in fell.items() if how} >= {"forge", "escape"}
