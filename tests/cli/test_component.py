"""`evo component new` writes what works, `evo component check` finds what does not."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evo.cli import main
from evo.cli.component import faults_of
from evo.cli.component_texts import STARTS, texts
from evo.design.catalogue import Catalogue, ours
from evo.design.component import SHELVES
from evo.design.declaration import declared
from evo.design.design import Design
from evo.testing import component_check
from evo.types import Problem

MEMORY = texts("memory", "diary")[0]


def checked(folder: Path, text: str, name: str = "diary", timeout_s: float = 60.0) -> list[str]:
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    return [str(fault) for fault in faults_of(file, timeout_s)]


def test_there_is_a_start_for_every_slot() -> None:
    assert set(STARTS) == set(SHELVES)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "components"
    for slot in STARTS:
        assert main(["component", "new", slot, f"my_{slot}", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("slot", STARTS)
def test_what_is_written_is_sound(slot: str, started: Path) -> None:
    file = started / f"my_{slot}.py"
    component, faults = declared(str(file), file.read_text())
    assert not faults
    assert component is not None
    assert component.slot == slot
    assert component_check.faults_of(file) == []


def test_its_tests_pass(started: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(started / "tests")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )
    assert done.returncode == 0, done.stdout
    assert f"{len(STARTS)} passed" in done.stdout


def test_a_problem_finds_it(started: Path) -> None:
    problem = Problem(
        "own", "", seeds=[{"design.yaml": "slots: {workflow: my_workflow}"}], folder=started.parent
    )
    catalogue = Catalogue.of(problem)
    design = Design.load({"design.yaml": "slots: {workflow: my_workflow, reasoning: heuristic}"}, catalogue)
    assert design.parts["workflow"].values == {"tries": 3}
    assert "my_tool" in catalogue.tools()


def test_check_says_so(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["component", "check", str(started / "my_guard.py")]) == 0
    assert "sound" in capsys.readouterr().out
    bad = started.parent / "bad.py"
    bad.write_text("x = 1\n")
    assert main(["component", "check", str(bad), "--json"]) == 2
    row = json.loads(capsys.readouterr().out)
    assert "DECLARATION" in row["faults"][0]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("async def read", "def read", "no coroutine"),
        ("situation: str", "place: str", "its parameters are"),
        ('name="diary"', 'name="other"', "has its name, other"),
        ('name="diary"', 'name="window"', "window"),
        ("size: int", "sizes: int", "must be built with size"),
        ('slot="memory"', 'slot="mind"', "the slot must be one of"),
        ("return ", "return 1 / 0 or ", r"read\(\) of nothing must not raise.*line \d+: ZeroDivisionError"),
        ("return ", "return len(self.events) or ", r"read\(\) must return str, it returned 2"),
        (
            "from dataclasses",
            "import nowhere_at_all\nfrom dataclasses",
            "import without an error.*nowhere_at_all",
        ),
        ("return ", "import random; return str(random.random()) + ", "built alike must do the same"),
        ("return ", "import os; os._exit(0); return ", "must not end the process"),
        ("return ", "import sys; sys.exit('bye'); return ", "must not end the process.*bye"),
    ],
)
def test_each_fault_is_one_line_with_the_fix(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert old in MEMORY
    found = checked(tmp_path, MEMORY.replace(old, new))
    assert any(re.search(rule, one) for one in found), found
    assert all("\n" not in one for one in found)


def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    (fault,) = checked(
        tmp_path, MEMORY.replace("return ", "while True: pass\n        return "), timeout_s=4.0
    )
    assert "took longer than 4 s" in fault
    assert "--timeout" in fault


def test_what_asks_for_ever_is_ended(tmp_path: Path) -> None:
    text = texts("reasoning", "diary")[0].replace("for _ in range(self.looks):", "while True:")
    (fault,) = checked(tmp_path, text)
    assert "asked the model more than" in fault


def test_a_fault_at_the_end_of_a_range_is_found(tmp_path: Path) -> None:
    text = MEMORY.replace("return ", "return (1 / (64 - self.size) and '') + ")
    (fault,) = checked(tmp_path, text)
    assert "size=64" in fault
    assert "ZeroDivisionError" in fault


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["new", "memry", "x"], "Did you mean 'memory'"),
        (["new", "memory", "Big"], "lower-case"),
        (["new", "memory", "window"], "already"),
        (["new", "memory"], "SLOT NAME"),
        (["check", "nowhere.py"], "cannot be read"),
        (["check", "nowhere.py", "--timeout", "0"], "above 0"),
    ],
)
def test_bad_words_get_one_line(
    words: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["component", *words]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["component", "new", "memory", "diary", str(tmp_path)]) == 0
    (tmp_path / "diary.py").write_text("mine")
    assert main(["component", "new", "memory", "diary", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "diary.py").read_text() == "mine"


def test_evos_own_components_are_sound() -> None:
    for entry in ours():
        assert component_check.faults_of(Path(entry.place)) == [], entry.place
