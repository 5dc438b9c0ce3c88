"""An orchestrator hands out parts of the work, reads what comes back, and asks on or answers."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task
from evo.design.member import gathered, joined
from evo.design.orchestrator import Orchestrator
from evo.design.parameter import Int

DECLARATION = Component(
    slot="workflow",
    name="centralised",
    purpose="an orchestrator hands out subtasks in rounds, checks the results and answers",
    use="Centralised",
    source="Kim et al., Towards a Science of Scaling Agent Systems (2025), arXiv:2512.08296: centralised",
    parameters=(Int("members", default=3, low=2, high=8), Int("rounds", default=2, low=1, high=4)),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)


class Centralised:
    """Members speak with the orchestrator alone; each knows its own subtask and what the task is."""

    def __init__(self, members: int, rounds: int, reasoning: Reasoning, model: Model) -> None:
        self._members, self._rounds, self._model = members, rounds, model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The orchestrator's answer once it has what it needs, or after the last round."""
        orchestrator = Orchestrator(task, self._model, self._members)
        for _ in range(self._rounds):
            subtasks = await orchestrator.subtasks()
            if not subtasks:
                break
            context = joined(task.context, f"This is part of a larger task: {task.goal}")
            thoughts = await gathered(agent, [(one, context) for one in subtasks])
            orchestrator.hear(subtasks, thoughts)
        return Answer(await orchestrator.answer())
