"""Peers tell each other what they found until enough of them agree; nobody leads."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Reasoning, Task
from evo.design.member import gathered, joined, numbered, seat, shown
from evo.design.parameter import Float, Int
from evo.design.replies import counted

DECLARATION = Component(
    slot="workflow",
    name="decentralised",
    purpose="peers exchange what they found until enough of them agree",
    use="Decentralised",
    source="Kim et al., Towards a Science of Scaling Agent Systems (2025), arXiv:2512.08296: decentralised",
    parameters=(
        Int("members", default=3, low=2, high=8),
        Int("rounds", default=2, low=1, high=4),
        Float("agreement", default=0.67, low=0.5, high=1.0),
    ),
    needs=("reasoning",),
    uses=("reasoning", "tools", "guard"),
)


class Decentralised:
    """Everybody hears everybody, themselves included, between rounds; consensus is a share of `agreement`."""

    def __init__(self, members: int, rounds: int, agreement: float, reasoning: Reasoning) -> None:
        self._members, self._rounds, self._agreement = members, rounds, agreement

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """What enough peers agree on; after the last round, what most of them say."""
        board = ""
        winner = ""
        for _ in range(self._rounds + 1):
            contexts = [
                joined(task.context, board, seat(place, self._members)) for place in range(self._members)
            ]
            thoughts = await gathered(agent, [(task.goal, context) for context in contexts])
            winner, share = counted([thought.text for thought in thoughts])
            if share >= self._agreement:
                break
            board = f"What your peers found so far:\n{numbered([shown(one) for one in thoughts])}"
        return Answer(winner)
