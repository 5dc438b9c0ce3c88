"""``llm.crossover``: a model joins what is good in two parents."""

from dataclasses import dataclass, field

from evo.errors import InvalidCandidate
from evo.operators.llm import shown
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.writer import Writer
from evo.operators.offspring import require_judged
from evo.roles import Models
from evo.types import Attempt, Problem, ProposeTask, Step


@dataclass
class LlmCrossover:
    """Shows two parents and asks for one program; the child has the first parent's fixed part.

    Attributes:
        repair: send an answer that cannot be used back once, with the reason.
        novelty: least probability that a near-copy of a judged sibling is kept; 1 keeps all.
    """

    problem: Problem
    models: Models
    notebook: Notebook
    repair: bool = True
    novelty: float = 0.5
    n_parents: int = field(default=2, init=False)
    step: Step = field(default="recombine", init=False)

    def __post_init__(self) -> None:
        self._writer = Writer(self.problem, self.models, self.notebook, self.repair, self.novelty)

    async def __call__(self, task: ProposeTask) -> Attempt:
        """A child of the task's two parents.

        Raises:
            InvalidCandidate: the task has not two different parents, or the prompt does not fit.
            ModelLost, BudgetSpent: nothing was answered.
        """
        first, second = require_judged(task, 2)
        if first.candidate.id == second.candidate.id:
            raise InvalidCandidate(f"{task.operator} needs two different parents, and there is one so far")
        found = shown.of_problem(self.problem, self.notebook)
        found |= shown.of_parent(self.problem, first) | shown.of_second(self.problem, second)
        if not task.independent:
            found |= shown.of_tries(self.notebook.tried(first.candidate.id), first.evaluation)
            found |= shown.of_effects(self.notebook)
        return await self._writer.write(task, "crossover", found, first.candidate)
