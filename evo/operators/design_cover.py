"""A cold start for agent designs without a model: designs that together hold every pair of components."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count, islice

import numpy as np

from evo.design.cover import cover
from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.design.space import Space
from evo.errors import InvalidCandidate
from evo.operators.designs import Designs
from evo.operators.offspring import require_parents
from evo.operators.seed import seed_files
from evo.types import Candidate, Problem, ProposeTask


@dataclass
class DesignCover:
    """Proposes the rows of a covering array of strength two, then those of another one, each design once.

    It is asked for in the cold start alone, where task number ``len(problem.seeds) + k`` is row `k`. The rows are
    those of the run's seed, whatever was judged; parameters stand at their defaults, see `evo.design.cover`.
    A seed of the problem is no row. The budget is the parent's.

    Attributes:
        run_seed: of the run.
    """

    problem: Problem
    run_seed: int = 0
    n_parents: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        self._designs = Designs(self.problem)
        self._rows: list[Design] = []
        self._more = self._unseen()

    def __call__(self, task: ProposeTask) -> Candidate:
        """The next row.

        Raises:
            InvalidCandidate: the parent is no valid design, or no row is left: another array brought no design
                that the ones before did not hold.
        """
        (parent,) = require_parents(task, 1)
        design = self._designs.read(task, parent)
        place = max(task.number - len(self.problem.seeds), 0)
        self._rows += islice(self._more, max(place + 1 - len(self._rows), 0))
        if place >= len(self._rows):
            raise InvalidCandidate(
                f"{task.operator} has no design left: its covering arrays hold {len(self._rows)} in all. "
                f"Ask for no more with: evo run run.cold_start={len(self._rows)}"
            )
        child = self._designs.child(task, design, replace(self._rows[place], budget=design.budget))
        if child is None:
            raise InvalidCandidate(
                f"{task.operator}: row {place} of the covering array is {parent.id} itself"
            )
        return child

    def _unseen(self) -> Iterator[Design]:
        """Rows of one array after the other that are no seed and no row before."""
        seen = {_text(seed) for seed in self._seeds()}
        space = Space(self._designs.catalogue)
        for turn in count():
            rows = {
                _text(row): row for row in cover(space, np.random.default_rng((self.run_seed, turn))).designs
            }
            fresh = [row for text, row in rows.items() if text not in seen]
            if not fresh:
                return
            seen.update(rows)
            yield from fresh

    def _seeds(self) -> Iterator[Design]:
        for seed in self.problem.seeds:
            try:
                yield Design.load(seed_files(self.problem, seed), self._designs.catalogue)
            except InvalidDesign:
                continue  # its verdict says so


def _text(design: Design) -> str:
    """What tells a design from the others but for its budget."""
    return str(sorted(replace(design, budget={}).files().items()))
