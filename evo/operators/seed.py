"""Makes a problem's first candidates."""

from collections.abc import Mapping
from pathlib import Path

from evo.errors import InvalidCandidate, ProblemError
from evo.types import Candidate, Problem, ProposeTask

SKIPPED = ("__pycache__", ".git", ".ipynb_checkpoints")
"""Folders that are no part of a seed."""


class Seed:
    """Task number i makes the problem's seed number i.

    Args:
        problem: its `seeds` are files or folders, relative to its folder, or files given as text.
    """

    n_parents = 0

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def __call__(self, task: ProposeTask) -> Candidate:
        """Seed number ``task.number``.

        Raises:
            InvalidCandidate: there is no such seed.
            ProblemError: its files cannot be read.
        """
        seeds = self.problem.seeds
        if task.number >= len(seeds):
            raise InvalidCandidate(
                f"problem {self.problem.name} has {len(seeds)} seeds, there is no number {task.number}; "
                "ask another operator for more candidates"
            )
        seed = seeds[task.number]
        note = seed if isinstance(seed, str) else ", ".join(sorted(seed))
        return Candidate.of(seed_files(self.problem, seed), operator=task.operator, note=note)


def seed_files(problem: Problem, seed: str | Mapping[str, str]) -> dict[str, str]:
    """The files of one entry of ``Problem.seeds``: path within the candidate -> text.

    Raises:
        ProblemError: there is no such file or folder, it is empty, or a file is not UTF-8 text.
    """
    if not isinstance(seed, str):
        return dict(seed)
    place = (problem.folder or Path.cwd()) / seed
    if place.is_file():
        return {place.name: _text(problem, place)}
    if not place.is_dir():
        raise ProblemError(
            f"problem {problem.name} names the seed {seed!r}, but {place} does not exist; "
            "seeds are paths relative to the folder of problem.py"
        )
    files = {
        file.relative_to(place).as_posix(): _text(problem, file)
        for file in sorted(place.rglob("*"))
        if file.is_file() and not any(part in SKIPPED for part in file.relative_to(place).parts)
    }
    if not files:
        raise ProblemError(f"problem {problem.name}: the seed folder {place} holds no file; put one there")
    return files


def _text(problem: Problem, file: Path) -> str:
    try:
        # bytes first: reading as text would turn every line end into "\n"
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(
            f"problem {problem.name}: a seed is text in UTF-8, but {file} is not ({error.reason}); save it as UTF-8"
        ) from None
