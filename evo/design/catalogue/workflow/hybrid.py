"""An orchestrator hands out subtasks, and the workers also read each other's results before they report."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task
from evo.design.member import gathered, joined, numbered, shown
from evo.design.orchestrator import Orchestrator
from evo.design.parameter import Int

DECLARATION = Component(
    slot="workflow",
    name="hybrid",
    purpose="an orchestrator hands out subtasks, workers compare notes before they report",
    use="Hybrid",
    source="Kim et al., Towards a Science of Scaling Agent Systems (2025), arXiv:2512.08296: hybrid",
    parameters=(
        Int("members", default=3, low=2, high=8),
        Int("rounds", default=1, low=1, high=4),
        Int("exchanges", default=1, low=1, high=3),
    ),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)


class Hybrid:
    """Centralised, with `exchanges` rounds among the peers within each of the orchestrator's."""

    def __init__(self, members: int, rounds: int, exchanges: int, reasoning: Reasoning, model: Model) -> None:
        self._members, self._rounds, self._exchanges, self._model = members, rounds, exchanges, model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The orchestrator's answer once it has what it needs, or after the last round."""
        orchestrator = Orchestrator(task, self._model, self._members)
        context = joined(task.context, f"This is part of a larger task: {task.goal}")
        for _ in range(self._rounds):
            subtasks = await orchestrator.subtasks()
            if not subtasks:
                break
            thoughts = await gathered(agent, [(one, context) for one in subtasks])
            for _ in range(self._exchanges if len(subtasks) > 1 else 0):
                notes = [
                    f"{one}\n   {shown(thought)}" for one, thought in zip(subtasks, thoughts, strict=True)
                ]
                told = f"You and your fellow workers found:\n{numbered(notes)}\nCorrect or confirm your own part."
                thoughts = await gathered(agent, [(one, joined(context, told)) for one in subtasks])
            orchestrator.hear(subtasks, thoughts)
        return Answer(await orchestrator.answer())
