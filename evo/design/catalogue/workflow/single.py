"""One agent alone: what every team is held against."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Reasoning, Task
from evo.design.member import consult
from evo.design.parameter import Int

DECLARATION = Component(
    slot="workflow",
    name="single",
    purpose="one thinker answers, with its tools",
    use="Single",
    source="Kim et al., Towards a Science of Scaling Agent Systems (2025), arXiv:2512.08296: single agent",
    parameters=(Int("calls", default=4, low=1, high=16, log=True, when="agent.tools"),),
    needs=("reasoning",),
    uses=("reasoning", "tools", "guard"),
)


class Single:
    """No coordination; up to `calls` tools are used on the way."""

    def __init__(self, calls: int, reasoning: Reasoning) -> None:
        self._calls = calls

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The one answer."""
        return Answer((await consult(agent, task.goal, task.context, self._calls)).text)
