"""Describe, explain, plan, select: a failure is explained before it is planned around; the nearest step is first."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Model, Plan, Spec
from evo.design.exploration import words
from evo.design.member import joined, numbered
from evo.design.parameter import Choice, Int
from evo.design.replies import chosen, listed
from evo.design.situation import Situation
from evo.design.steps import on_steps, on_tools

DECLARATION = Component(
    slot="planning",
    name="deps",
    purpose="explains a failure before it plans anew, and takes the step that is nearest first",
    use="Deps",
    source="Wang et al., Describe, Explain, Plan and Select (2023), arXiv:2302.01560",
    parameters=(
        Int("steps", default=6, low=1, high=20, log=True),
        Choice("select", default="model", choices=("model", "words")),
    ),
    needs=("model",),
)


class Deps:
    """The nearest step is what the model says, or the one that shares most words with what is seen."""

    def __init__(self, steps: int, select: str, model: Model) -> None:
        self._most, self._by_model, self._model = steps, select == "model", model
        self._goal = self._tools = self._state = ""
        self._plan = Plan()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The steps to the goal, the nearest first."""
        self._goal, self._tools, self._state = goal, on_tools(tools, state), state
        prompt = joined(f"Goal: {goal}", state, self._tools, on_steps(self._most))
        return await self._selected(await self._model.ask(prompt, role="planner"))

    async def revise(self, feedback: str) -> Plan:
        """Describes where the agent stands, has the failure explained, plans around it, selects."""
        described = joined(
            f"Goal: {self._goal}",
            f"The plan was:\n{numbered(self._plan.steps)}" if self._plan.steps else "",
            f"What happened:\n{feedback}",
        )
        told = "Explain in one or two sentences why the plan failed and what is missing."
        explained = await self._model.ask(joined(described, told), role="explainer")
        if Situation.of(feedback).seen.strip():
            self._state = feedback
        prompt = joined(
            described,
            f"Why it failed: {explained.strip()}" if explained.strip() else "",
            self._tools,
            f"Make a new plan that mends this. {on_steps(self._most)}",
        )
        return await self._selected(await self._model.ask(prompt, role="planner"))

    async def _selected(self, reply: str) -> Plan:
        """The steps of a reply, the nearest first, the others in their order; the old plan if it has none."""
        steps = listed(reply, self._most)
        if not steps:
            return self._plan
        place = await self._nearest(steps) if len(steps) > 1 else 0
        self._plan = Plan((steps[place], *steps[:place], *steps[place + 1 :]))
        return self._plan

    async def _nearest(self, steps: Sequence[str]) -> int:
        if not self._by_model:
            here = words(Situation.of(self._state).seen)
            shares = [len(words(step) & here) / max(1, len(words(step))) for step in steps]
            return shares.index(max(shares))
        prompt = joined(
            f"Goal: {self._goal}",
            self._state,
            f"Steps:\n{numbered(steps)}",
            "Which of these steps can be done first, with the least effort from here? Reply with its number alone.",
        )
        return chosen(await self._model.ask(prompt, role="selector"), steps) or 0
