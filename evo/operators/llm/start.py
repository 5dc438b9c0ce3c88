"""``llm.start``: the cold start, where several generators write a first pool of different programs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from evo.operators.llm import shown
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.writer import Writer
from evo.operators.offspring import require_judged
from evo.roles import Models
from evo.types import Attempt, Problem, ProposeTask


@dataclass
class LlmStart:
    """Asks for a program unlike the seed.

    Each task is another generator: the search takes the models in turn, and this operator the
    temperatures and the directions, so that all combinations come up.

    Attributes:
        temperatures: taken in turn.
        repair: send an answer that cannot be used back once, with the reason.
    """

    problem: Problem
    models: Models
    notebook: Notebook
    temperatures: Sequence[float] = (0.7, 1.0)
    repair: bool = True
    n_parents: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        self._writer = Writer(self.problem, self.models, self.notebook, self.repair, novelty=1.0)

    async def __call__(self, task: ProposeTask) -> Attempt:
        """A program of its own that takes the place of the seed's.

        Raises:
            InvalidCandidate: the task has no parent, or the prompt does not fit into the model's context.
            ModelLost, BudgetSpent: nothing was answered.
        """
        (seed,) = require_judged(task, 1)
        found = shown.of_problem(self.problem, self.notebook) | shown.of_parent(self.problem, seed)
        directions = self._writer.templates.lines("directions")
        # By rounds of the models, which the search takes in turn: else each would keep to one temperature.
        turn = task.number // len(self.models.names)
        if directions:
            found |= shown.of_direction(directions[turn // len(self.temperatures) % len(directions)])
        warm = float(self.temperatures[turn % len(self.temperatures)])
        return await self._writer.write(task, "start", found, seed.candidate, temperature=warm)
