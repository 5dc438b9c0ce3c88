"""Members work without hearing of each other; what they found is put together once, at the end."""

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task
from evo.design.member import gathered, joined, numbered, seat, shown
from evo.design.parameter import Int
from evo.design.replies import counted, final

DECLARATION = Component(
    slot="workflow",
    name="independent",
    purpose="members work on their own, one call puts their answers together",
    use="Independent",
    source="Kim et al., Towards a Science of Scaling Agent Systems (2025), arXiv:2512.08296: independent",
    parameters=(Int("members", default=3, low=2, high=8),),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)


class Independent:
    """Members never see each other's work; unlike in a vote the answer may be none of theirs."""

    def __init__(self, members: int, reasoning: Reasoning, model: Model) -> None:
        self._members, self._model = members, model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """What the last call makes of all answers; the most frequent one if it says nothing."""
        seats = [seat(place, self._members) for place in range(self._members)]
        thoughts = await gathered(agent, [(task.goal, joined(task.context, one)) for one in seats])
        prompt = joined(
            f"Question: {task.goal}",
            task.context,
            f"Solvers who worked on their own say:\n{numbered([shown(one) for one in thoughts])}",
            "Make one answer of it. End with a line 'Answer: ...'.",
        )
        reply = final(await self._model.ask(prompt, role="synthesiser"))
        return Answer(reply or counted([one.text for one in thoughts])[0])
