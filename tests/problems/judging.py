"""Judges programs in the real jail, for the tests of the problems."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evo import plugins
from evo.evaluate import Sandbox
from evo.types import EvaluateTask, Evaluation, Problem


class Jailed:
    """One warm evaluator of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._evaluator = plugins.load(problem.evaluator)(problem=problem, sandbox=Sandbox())

    def judge(self, program: str, stage: str = "search", seed: int = 1) -> Evaluation:
        """The verdict on one file."""
        return self._evaluator(EvaluateTask("program", stage, seed=seed, files={"program.py": program}))

    def judge_file(self, name: str, stage: str = "search") -> Evaluation:
        """The verdict on a file of the problem's folder."""
        return self.judge(source(self.problem, name), stage)

    def close(self) -> None:
        self._evaluator.close()


def source(problem: Problem, name: str) -> str:
    """Text of a file of the problem's folder."""
    assert isinstance(problem.folder, Path)
    return (problem.folder / name).read_text(encoding="utf-8")


@contextmanager
def jailed(name: str, params: Mapping[str, int] | None = None) -> Iterator[Jailed]:
    """A warm evaluator of the problem called `name`, closed at the end."""
    held = Jailed(plugins.problem(name, params))
    try:
        yield held
    finally:
        held.close()
