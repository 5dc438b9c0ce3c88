"""``llm.diff``: a model edits a few lines of the parent."""

from dataclasses import dataclass, field

from evo.operators.chance import Chance
from evo.operators.llm import shown
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.prompt import Section
from evo.operators.llm.writer import Writer
from evo.operators.offspring import require_judged
from evo.roles import Models
from evo.types import Attempt, Judged, Problem, ProposeTask, Step


@dataclass
class LlmDiff:
    """Shows the parent with its feedback, good programs unlike it and what was tried, and asks for edits.

    Attributes:
        n_inspirations: good programs shown beside the parent.
        directed: share of the prompts that name a direction to try (`prompts/directions.md`).
        repair: send an answer that cannot be used back once, with the reason.
        novelty: least probability that a near-copy of a judged sibling is kept; 1 keeps all.
    """

    problem: Problem
    models: Models
    notebook: Notebook
    n_inspirations: int = 2
    directed: float = 0.5
    repair: bool = True
    novelty: float = 0.5
    n_parents: int = field(default=1, init=False)
    step: Step = field(default="refine", init=False)
    template: str = field(default="diff", init=False)

    def __post_init__(self) -> None:
        self._writer = Writer(self.problem, self.models, self.notebook, self.repair, self.novelty)

    async def __call__(self, task: ProposeTask) -> Attempt:
        """A child of the task's parent.

        Raises:
            InvalidCandidate: the task has no parent, or the prompt does not fit into the model's context.
            ModelLost, BudgetSpent: nothing was answered.
        """
        (parent,) = require_judged(task, 1)
        return await self._writer.write(task, self.template, self._sections(task, parent), parent.candidate)

    def _sections(self, task: ProposeTask, parent: Judged) -> dict[str, Section]:
        found = shown.of_problem(self.problem, self.notebook) | shown.of_parent(self.problem, parent)
        if not task.independent:
            found |= shown.of_examples(self.problem, task.examples)
            found |= shown.of_tries(self.notebook.tried(parent.candidate.id), parent.evaluation)
            found |= shown.of_effects(self.notebook)
        chance = Chance(task.seed)
        directions = self._writer.templates.lines("directions")
        if directions and chance.true(self.directed):
            found |= shown.of_direction(chance.pick(directions))
        return found
