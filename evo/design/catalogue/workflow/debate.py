"""Debate: members answer, read what the others say, and answer again; a judge or the majority decides."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task, Thought
from evo.design.member import gathered, joined, numbered, seat, shown
from evo.design.parameter import Choice, Flag, Int
from evo.design.replies import chosen, counted

DECLARATION = Component(
    slot="workflow",
    name="debate",
    purpose="members answer again after they have read the others; a judge or the majority decides",
    use="Debate",
    source="Du et al., Improving Factuality and Reasoning through Multiagent Debate (2023), arXiv:2305.14325",
    parameters=(
        Int("debaters", default=3, low=2, high=6),
        Int("rounds", default=2, low=1, high=4),
        Choice("decision", default="judge", choices=("judge", "majority")),
        Flag("stop_early", default=True),
    ),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)


class Debate:
    """The first round is silent; in each of `rounds` more everybody sees what the others last said."""

    def __init__(
        self,
        *,
        debaters: int,
        rounds: int,
        decision: str,
        stop_early: bool,
        reasoning: Reasoning,
        model: Model,
    ) -> None:
        self._debaters, self._rounds = debaters, rounds
        self._by_judge, self._stop_early = decision == "judge", stop_early
        self._model = model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """What was decided after the last round, or once all agree."""
        seats = [seat(place, self._debaters) for place in range(self._debaters)]
        thoughts = await gathered(agent, [(task.goal, joined(task.context, one)) for one in seats])
        for _ in range(self._rounds):
            if self._stop_early and _share(thoughts) == 1.0:
                break
            contexts = [joined(task.context, _heard(thoughts, place)) for place in range(self._debaters)]
            thoughts = await gathered(agent, [(task.goal, context) for context in contexts])
        answers = [thought.text for thought in thoughts]
        winner, share = counted(answers)
        if not self._by_judge or share == 1.0:
            return Answer(winner)
        place = await self._judged(task, thoughts)
        return Answer(winner if place is None else answers[place])

    async def _judged(self, task: Task, thoughts: Sequence[Thought]) -> int | None:
        """The answer that the judge names; None if it names none."""
        said = numbered([shown(thought) for thought in thoughts])
        prompt = joined(
            f"Question: {task.goal}",
            task.context,
            f"Debaters have answered:\n{said}",
            "Judge which answer is right. Reply with its number alone.",
        )
        return chosen(await self._model.ask(prompt, role="judge"), [thought.text for thought in thoughts])


def _share(thoughts: Sequence[Thought]) -> float:
    return counted([thought.text for thought in thoughts])[1]


def _heard(thoughts: Sequence[Thought], own: int) -> str:
    """What a debater is told of the last round."""
    others = [shown(thought) for place, thought in enumerate(thoughts) if place != own]
    return joined(
        f"Your answer was: {thoughts[own].text}",
        f"The others say:\n{numbered(others)}",
        "Where they differ from you, find out who is wrong. Then answer the question again.",
    )
