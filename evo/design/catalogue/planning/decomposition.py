"""A model splits the goal into steps, and makes new ones when it is told that something went otherwise."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Model, Plan, Spec
from evo.design.member import joined, numbered
from evo.design.parameter import Int
from evo.design.replies import listed
from evo.design.steps import on_steps, on_tools

DECLARATION = Component(
    slot="planning",
    name="decomposition",
    purpose="a model splits the goal into steps and revises them on feedback",
    use="Decomposition",
    source="Wang et al., Plan-and-Solve Prompting (2023), arXiv:2305.04091",
    parameters=(Int("steps", default=6, low=1, high=20, log=True),),
    needs=("model",),
)


class Decomposition:
    """A plan has at most `steps` steps."""

    def __init__(self, steps: int, model: Model) -> None:
        self._most, self._model = steps, model
        self._goal = self._tools = ""
        self._plan = Plan()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The goal in steps."""
        self._goal, self._tools = goal, on_tools(tools, state)
        prompt = joined(f"Goal: {goal}", state, self._tools, on_steps(self._most))
        return await self._planned(prompt)

    async def revise(self, feedback: str) -> Plan:
        """What is left to do, in the light of `feedback`; the plan stays if the model has nothing to say."""
        prompt = joined(
            f"Goal: {self._goal}",
            f"The plan was:\n{numbered(self._plan.steps)}" if self._plan.steps else "",
            f"Now this happened:\n{feedback}",
            self._tools,
            f"Make a new plan from here. {on_steps(self._most)}",
        )
        return await self._planned(prompt)

    async def _planned(self, prompt: str) -> Plan:
        steps = listed(await self._model.ask(prompt, role="planner"), self._most)
        self._plan = Plan(steps) if steps else self._plan
        return self._plan
