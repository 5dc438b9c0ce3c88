"""A team that is chosen while it works: members rate each other, the useless leave, agreement ends it early."""

import asyncio
from collections.abc import Mapping, Sequence

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Model, Reasoning, Task, Thought
from evo.design.member import gathered, joined, numbered, shown
from evo.design.parameter import Float, Int
from evo.design.replies import counted, marks

DECLARATION = Component(
    slot="workflow",
    name="dylan",
    purpose="specialists rate each other's answers, the best rated go on, agreement ends it early",
    use="Dylan",
    source="Liu et al., A Dynamic LLM-Powered Agent Network for Task-Oriented Agent Collaboration (2023), arXiv:2310.02170",
    parameters=(
        Int("candidates", default=5, low=3, high=7),
        Int("team", default=3, low=2, high=6),
        Int("layers", default=3, low=2, high=5),
        Float("agreement", default=0.67, low=0.5, high=1.0),
    ),
    needs=("reasoning", "model"),
    uses=("reasoning", "tools", "guard"),
)

ROLES: Mapping[str, str] = {
    "analyst": "You take a problem apart and look at every condition.",
    "mathematician": "You write down what is known and calculate with care.",
    "programmer": "You think of the problem as a procedure and run it by hand.",
    "sceptic": "You look for the trap in a question and for errors in answers.",
    "scholar": "You recall the facts and the definitions that matter.",
    "planner": "You order the steps and keep to them.",
    "judge": "You weigh the evidence and decide plainly.",
}
"""The candidates, in the order in which they are taken."""

Ratings = Mapping[str, Mapping[str, float]]
"""Rater -> rated -> weight; the weights of a rater sum to 1."""


class Dylan:
    """Layer by layer: everybody answers; the next layer rates the answers, and only `team` of them go on."""

    def __init__(
        self, *, candidates: int, team: int, layers: int, agreement: float, reasoning: Reasoning, model: Model
    ) -> None:
        self._candidates, self._team, self._layers = list(ROLES)[:candidates], team, layers
        self._agreement, self._model = agreement, model

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """What enough members agree on; after the last layer, what most of them say."""
        members = self._candidates
        contexts = [joined(task.context, ROLES[name]) for name in members]
        thoughts = await self._layer(task, agent, members, contexts)
        rated: list[Ratings] = []
        for _ in range(self._layers - 1):
            winner, share = counted([thought.text for thought in thoughts.values()])
            if share >= self._agreement:
                return Answer(winner)
            rated.append(await self._rated(task, thoughts))
            scores = importance(rated)
            best = sorted(members, key=lambda name: -scores[name])[: self._team]
            members = [name for name in members if name in best]
            board = numbered([shown(thoughts[name]) for name in members])
            told = f"The team has said:\n{board}\nUse what is right in it, and answer the question again."
            contexts = [joined(task.context, ROLES[name], told) for name in members]
            thoughts = await self._layer(task, agent, members, contexts)
        return Answer(counted([thought.text for thought in thoughts.values()])[0])

    async def _layer(
        self, task: Task, agent: Agent, members: Sequence[str], contexts: Sequence[str]
    ) -> dict[str, Thought]:
        found = await gathered(agent, [(task.goal, context) for context in contexts])
        return dict(zip(members, found, strict=True))

    async def _rated(self, task: Task, thoughts: Mapping[str, Thought]) -> Ratings:
        """What each member thinks of the answers of the others."""
        found = await asyncio.gather(*(self._rates(task, name, thoughts) for name in thoughts))
        return dict(zip(thoughts, found, strict=True))

    async def _rates(self, task: Task, rater: str, thoughts: Mapping[str, Thought]) -> Mapping[str, float]:
        others = [name for name in thoughts if name != rater]
        prompt = joined(
            ROLES[rater],
            f"Question: {task.goal}",
            task.context,
            f"Answers:\n{numbered([shown(thoughts[name]) for name in others])}",
            "Rate each answer from 1 (useless) to 5 (right and well founded). Reply with lines 'number: mark' alone.",
        )
        given = marks(await self._model.ask(prompt, role=rater), len(others), 1, 5)
        known = [one for one in given if one is not None]
        middle = sum(known) / len(known) if known else 1.0
        weights = [middle if one is None else one for one in given]
        return {name: weight / sum(weights) for name, weight in zip(others, weights, strict=True)}


def importance(rated: Sequence[Ratings]) -> dict[str, float]:
    """How much each member has contributed: importance flows from the last layer back along the ratings.

    The members of the last layer count the same. One of the layer before counts what those who rated it
    count, each times the weight it gave. A member's importance is the sum over the layers that were rated.

    Args:
        rated: at least one layer's ratings by the next, the first layer first.

    Source: Liu et al. (2023), section 3.3, agent importance score.
    """
    total = dict.fromkeys(rated[0], 0.0)
    layer = {rater: 1 / len(rated[-1]) for rater in rated[-1]}
    for ratings in reversed(rated):
        found = dict.fromkeys(ratings, 0.0)
        for rater, weights in ratings.items():
            for name, weight in weights.items():
                found[name] += layer.get(rater, 0.0) * weight
        for name, value in found.items():
            total[name] += value
        layer = found
    return total
