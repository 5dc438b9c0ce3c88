"""Self-consistency over whole solutions: several members solve the task on their own, the majority answers."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Reasoning, Task
from evo.design.member import gathered, joined, seat
from evo.design.parameter import Int
from evo.design.replies import counted

DECLARATION = Component(
    slot="workflow",
    name="vote",
    purpose="several solve the task on their own, the most frequent answer counts",
    use="Vote",
    source="Wang et al., Self-Consistency Improves Chain of Thought Reasoning (2023), arXiv:2203.11171",
    parameters=(Int("voters", default=5, low=2, high=16, log=True),),
    needs=("reasoning",),
    uses=("reasoning", "tools", "guard"),
)


class Vote:
    """All voters think at the same time; of answers that are as frequent the earliest counts."""

    def __init__(self, voters: int, reasoning: Reasoning) -> None:
        self._voters = voters

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The most frequent answer."""
        contexts = [joined(task.context, seat(place, self._voters)) for place in range(self._voters)]
        thoughts = await gathered(agent, [(task.goal, context) for context in contexts])
        winner, _ = counted([thought.text for thought in thoughts])
        return Answer(winner)
