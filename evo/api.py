"""The same runs from Python, as people work in notebooks: ``run = evo.search("sphere", budget=200)``."""

import dataclasses
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evo import config as configuration
from evo.budget import Limits
from evo.design.design import is_of_designs
from evo.errors import RunError
from evo.session import Outcome, Session
from evo.store.archive import RunView, open_run
from evo.types import Candidate, Evaluation, Judged, Problem

if TYPE_CHECKING:
    import pyarrow as pa


def search(
    problem: str | Path | Problem,
    budget: int | Limits = 500,
    search: str = "default",
    *,
    seed: int = 0,
    dir: str | Path | None = None,  # noqa: A002 - the name that `evo run run.dir=` has
    pool: str = "inline",
    operators: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> "Run":
    """Searches `problem` until `budget` is met and returns the finished run.

    Args:
        problem: an object, a folder with a ``problem.py``, or a name.
        budget: evaluations, or all the limits.
        search: which file of ``conf/search``: ``default``, ``greedy``, ``top_k``, ``islands``, ``uniform``,
            ``best_of_n`` and others.
        seed: of every decision.
        dir: the run's folder; a new one below ``runs/`` by default.
        pool: ``inline`` (this process, repeats exactly) or ``ray`` (all cores).
        operators: which file of ``conf/operators``; None for those that fit the problem.
        settings: further overrides by their dotted names, ``{"search.n_islands": 8}``.

    Raises:
        EvoError: a setting or the problem is wrong (nothing is spent), or the machine is not safe.

    Example:
        >>> run = evo.search("sphere", budget=200, search="greedy")
        >>> run.best.evaluation.score, run.table().to_pandas()
    """
    named = "sphere" if isinstance(problem, Problem) else str(problem)
    words = [
        f"problem={named}",
        f"search={search}",
        f"pool={pool}",
        f"run.seed={seed}",
    ]
    if operators is None and isinstance(problem, Problem) and is_of_designs(problem):
        operators = "design"
    words += [f"operators={operators}"] if operators is not None else []
    words += [f"{key}={'null' if value is None else value}" for key, value in (settings or {}).items()]
    config = configuration.compose(words)
    limits = budget if isinstance(budget, Limits) else dataclasses.replace(config.budget, evaluations=budget)
    run_settings = dataclasses.replace(config.run, dir=str(dir)) if dir is not None else config.run
    given = problem if isinstance(problem, Problem) else config.problem
    config = dataclasses.replace(config, problem=given, budget=limits, run=run_settings)
    with Session.start(config) as session:
        outcome = _told(session.run())
        return Run(session.folder, outcome, problem if isinstance(problem, Problem) else None)


def _told(outcome: Outcome) -> Outcome:
    """`outcome`; what is wrong with it is a warning, for a notebook has no other last words."""
    if outcome.warning:
        warnings.warn(outcome.warning, stacklevel=3)
    return outcome


class Run:
    """A run folder, for reading; works while another process still writes to it.

    Args:
        folder: of the run.
        outcome: how its last sitting ended, if that is known.
        problem: the object it was started with, if it has no folder to load it from again.
    """

    def __init__(
        self, folder: str | Path, outcome: Outcome | None = None, problem: Problem | None = None
    ) -> None:
        self.folder = Path(folder).resolve()
        self.outcome = outcome
        self._problem = problem

    def view(self) -> RunView:
        """The archive as it is on disk now; a context manager."""
        return open_run(self.folder)

    @property
    def best(self) -> Judged:
        """The champion by the run's rule (``run.champion``), with the evaluation it is known by.

        Raises:
            RunError: nothing was ``ok`` so far.
        """
        with self.view() as view:
            row = view.archive.champion()
            if row is None:
                raise RunError(f"{self.folder} has no candidate that is ok yet.")
            return Judged(view.candidate(row.id), view.evaluation(row.id))

    def candidate(self, name: str) -> Candidate:
        """One candidate by its id."""
        with self.view() as view:
            return view.candidate(name)

    def evaluation(self, name: str, stage: str | None = None) -> Evaluation:
        """A candidate's latest evaluation, at `stage` if given."""
        with self.view() as view:
            return view.evaluation(name, stage)

    def table(self, files: bool = False) -> "pa.Table":
        """One row a candidate, as an Arrow table: ``.to_pandas()``, ``polars.from_arrow(...)``."""
        with self.view() as view:
            return view.table(files=files)

    def resume(self, budget: int | Limits | None = None) -> "Run":
        """Goes on, with `budget` evaluations in all (or limits) if given; returns the run."""
        words = [f"budget.evaluations={budget}"] if isinstance(budget, int) else []
        with Session.resume(self.folder, words, problem=self._problem, limits=budget) as session:
            self.outcome = _told(session.run())
        return self

    def __repr__(self) -> str:
        if self.outcome is None:
            return f"Run({str(self.folder)!r})"
        return f"Run({str(self.folder)!r}, score={self.outcome.score}, {self.outcome.reason!r})"
