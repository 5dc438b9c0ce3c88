from pathlib import Path

import pytest

from evo import plugins
from evo.errors import PluginError, ProblemError
from evo.types import Problem

SOURCE = """
from dataclasses import dataclass

@dataclass
class Thing:
    size: int = 1
    rate: float | None = 0.5
    name: str = "x"

def needs(x): return x
"""


@pytest.fixture
def plugin(tmp_path: Path) -> str:
    (tmp_path / "thing.py").write_text(SOURCE)
    return f"{tmp_path}/thing.py"


def test_a_module_and_a_file_can_be_named(plugin: str, tmp_path: Path) -> None:
    assert plugins.load("evo.types:Problem") is Problem
    assert plugins.load(f"{plugin}:Thing") is plugins.load("thing.py:Thing", near=tmp_path)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("nonsense", "reads 'module:Name'"),
        ("evo.nothing:X", "No module 'evo.nothing'"),
        ("missing.py:X", "No file 'missing.py'"),
        ("evo.types:Problm", "Did you mean 'Problem'"),
    ],
)
def test_a_wrong_reference_is_explained(reference: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        plugins.load(reference)


def test_a_file_that_fails_says_where(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n")
    with pytest.raises(PluginError, match=r"broken\.py fails while it is loaded: ZeroDivisionError"):
        plugins.load(f"{tmp_path}/broken.py:X")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "wants.py").write_text("import a_package_nobody_has\n")
    with pytest.raises(PluginError, match=r"a_package_nobody_has"):
        plugins.load(f"{tmp_path}/wants.py:X")


def test_settings_are_checked(plugin: str) -> None:
    assert plugins.build(f"{plugin}:Thing", {"size": 3, "rate": 1}).size == 3
    assert plugins.build(f"{plugin}:Thing", {"rate": None}).rate is None
    with pytest.raises(PluginError, match=r"no setting 'sise'. Did you mean 'size'"):
        plugins.build(f"{plugin}:Thing", {"sise": 3})
    with pytest.raises(PluginError, match=r"search.size must be int, got 'three'"):
        plugins.build(f"{plugin}:Thing", {"size": "three"}, what="search")
    with pytest.raises(PluginError, match=r"search.size must be int, got True"):
        plugins.build(f"{plugin}:Thing", {"size": True}, what="search")
    with pytest.raises(PluginError, match=r"needs x"):
        plugins.build(f"{plugin}:needs", {})


def write_problem(folder: Path, text: str) -> str:
    folder.mkdir()
    (folder / "problem.py").write_text("from evo import Problem\n" + text)
    return str(folder)


def test_a_problem_is_a_name_a_folder_a_file_or_an_object(tmp_path: Path) -> None:
    folder = write_problem(tmp_path / "mine", "PROBLEM = Problem('mine', 'x', ['seed.py'])\n")
    found = plugins.problem(folder)
    assert (found.name, found.folder) == ("mine", tmp_path / "mine")
    assert plugins.problem(f"{folder}/problem.py") == found
    assert plugins.problem(found) is found
    assert plugins.problem("sphere").name == "sphere"


def test_a_problem_takes_its_parameters(tmp_path: Path) -> None:
    folder = write_problem(
        tmp_path / "sized", "def make(n: int = 2): return Problem(f'p{n}', '', ['s.py'])\n"
    )
    found = plugins.problem(folder, {"n": 5})
    assert (found.name, found.params) == ("p5", {"n": 5})
    with pytest.raises(ProblemError, match=r"no parameter 'm'"):
        plugins.problem(folder, {"m": 5})


@pytest.mark.parametrize(
    ("text", "params", "message"),
    [
        ("PROBLEM = 3\n", {}, "must define PROBLEM"),
        ("PROBLEM = Problem('p', '', ['s.py'])\n", {"n": 1}, "takes no parameters"),
    ],
)
def test_a_wrong_problem_is_explained(
    tmp_path: Path, text: str, params: dict[str, int], message: str
) -> None:
    folder = write_problem(tmp_path / "wrong", text)
    with pytest.raises(ProblemError, match=message):
        plugins.problem(folder, params)


def test_an_unknown_problem_names_the_choices() -> None:
    with pytest.raises(ProblemError, match=r"Did you mean 'sphere'.*circle_packing"):
        plugins.problem("spheer")


def test_what_evo_gives_is_no_setting(plugin: str) -> None:
    assert plugins.build(f"{plugin}:Thing", {"size": 2}, {"name": "given"}).name == "given"
    with pytest.raises(PluginError, match=r"no setting 'name'\. Choices: rate, size"):
        plugins.build(f"{plugin}:Thing", {"name": "mine"}, {"name": "given"})
