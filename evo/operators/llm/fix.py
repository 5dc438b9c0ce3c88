"""``llm.fix``: a model repairs a failed candidate from its error."""

from dataclasses import dataclass, field

from evo.errors import InvalidCandidate
from evo.operators.llm import shown
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.writer import Writer
from evo.roles import Models
from evo.types import Attempt, Problem, ProposeTask


@dataclass
class LlmFix:
    """Shows a candidate that failed when it was judged, with what the judge said.

    Attributes:
        repair: send an answer that cannot be used back once, with the reason.
    """

    problem: Problem
    models: Models
    notebook: Notebook
    repair: bool = False
    n_parents: int = field(default=1, init=False)
    repairs: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self._writer = Writer(self.problem, self.models, self.notebook, self.repair, novelty=1.0)

    async def __call__(self, task: ProposeTask) -> Attempt:
        """A repaired `ProposeTask.broken`; its parents are the task's.

        Raises:
            InvalidCandidate: the task has nothing to repair, or the prompt does not fit.
            ModelLost, BudgetSpent: nothing was answered.
        """
        if task.broken is None:
            raise InvalidCandidate(f"{task.operator} repairs a failed candidate, task {task.number} has none")
        found = shown.of_problem(self.problem, self.notebook) | shown.of_broken(self.problem, task.broken)
        return await self._writer.write(task, "fix", found, task.broken.candidate)
