"""A generator answers, a verifier looks for what is wrong, a refiner answers with the criticism at hand."""

import asyncio

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task, Thought
from evo.design.member import consult, joined, seat, shown
from evo.design.parameter import Flag, Int
from evo.design.replies import agreed, counted, final

DECLARATION = Component(
    slot="workflow",
    name="malt",
    purpose="a generator answers, a verifier criticises, a refiner answers again",
    use="Malt",
    source="Motwani et al., MALT: Improving Reasoning with Multi-Agent LLM Training (2024), arXiv:2412.01928",
    parameters=(
        Int("paths", default=1, low=1, high=6),
        Int("rounds", default=1, low=1, high=4),
        Flag("stop_early", default=True),
    ),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)


class Malt:
    """`paths` such chains run side by side and vote; with `stop_early` what passes is not refined."""

    def __init__(self, paths: int, rounds: int, stop_early: bool, reasoning: Reasoning, model: Model) -> None:
        self._paths, self._rounds, self._stop_early = paths, rounds, stop_early
        self._model = model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """The refined answer; of several paths the most frequent."""
        paths = (self._path(task, agent, seat(place, self._paths)) for place in range(self._paths))
        winner, _ = counted(await asyncio.gather(*paths))
        return Answer(winner)

    async def _path(self, task: Task, agent: Agent, who: str) -> str:
        thought = await consult(agent, task.goal, joined(task.context, who))
        for _ in range(self._rounds):
            criticism = await self._verified(task, thought)
            if self._stop_early and agreed(final(criticism)) is True:
                break
            refined = await self._refined(task, thought, criticism)
            thought = refined if refined.text else thought
        return thought.text

    async def _verified(self, task: Task, thought: Thought) -> str:
        prompt = joined(
            f"Question: {task.goal}",
            task.context,
            f"Proposed answer: {shown(thought)}",
            "Check it step by step and say what is wrong with it. End with a line 'Answer: correct' or 'Answer: wrong'.",
        )
        return await self._model.ask(prompt, role="verifier")

    async def _refined(self, task: Task, thought: Thought, criticism: str) -> Thought:
        prompt = joined(
            f"Question: {task.goal}",
            task.context,
            f"Proposed answer: {shown(thought)}",
            f"Criticism: {criticism}",
            "Give the right answer, in the light of the criticism. End with a line 'Answer: ...'.",
        )
        reply = await self._model.ask(prompt, role="refiner")
        return Thought(final(reply), reply)
