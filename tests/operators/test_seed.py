"""Seeds are read as they are."""

from pathlib import Path

import pytest

from evo.errors import InvalidCandidate, ProblemError
from evo.operators.seed import Seed
from evo.types import Problem, ProposeTask


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    (tmp_path / "one.py").write_bytes("x = 'ß'\r\n".encode())
    folder = tmp_path / "several"
    (folder / "sub" / "__pycache__").mkdir(parents=True)
    (folder / "a.py").write_text("a = 1\n")
    (folder / "sub" / "b.txt").write_text("b\n")
    (folder / "sub" / "__pycache__" / "c.pyc").write_bytes(b"\xff\x00")
    return Problem("some", "", seeds=["one.py", "several", {"main.py": "y = 2\n"}], folder=tmp_path)


def test_files_folders_and_texts(problem: Problem) -> None:
    seed = Seed(problem)
    found = [seed(ProposeTask(number, "seed")) for number in range(3)]
    assert [candidate.files for candidate in found] == [
        {"one.py": "x = 'ß'\r\n"},
        {"a.py": "a = 1\n", "sub/b.txt": "b\n"},
        {"main.py": "y = 2\n"},
    ]
    assert [candidate.note for candidate in found] == ["one.py", "several", "main.py"]
    assert {(candidate.operator, candidate.parents) for candidate in found} == {("seed", ())}


def test_there_are_no_more_seeds_than_given(problem: Problem) -> None:
    with pytest.raises(InvalidCandidate, match="has 3 seeds, there is no number 3"):
        Seed(problem)(ProposeTask(3, "seed"))


def test_missing_empty_and_binary_seeds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe")
    for name, words in [("none.py", "does not exist"), ("empty", "holds no file"), ("binary.py", "UTF-8")]:
        with pytest.raises(ProblemError, match=words):
            Seed(Problem("some", "", seeds=[name], folder=tmp_path))(ProposeTask(0, "seed"))
