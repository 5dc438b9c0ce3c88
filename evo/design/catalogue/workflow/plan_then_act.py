"""Makes a whole plan first and carries it out step by step; what fails is told to the planner, who revises."""

from collections.abc import Sequence
from dataclasses import replace

from evo.design.acting import act, as_call, nearest
from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Call, Happening, Planning, Seen, Spec, Task
from evo.design.member import consult, joined, numbered
from evo.design.parameter import Int
from evo.design.situation import Situation

DECLARATION = Component(
    slot="workflow",
    name="plan_then_act",
    purpose="makes a whole plan, carries it out, revises it where a step fails",
    use="PlanThenAct",
    source="Wang et al., Plan-and-Solve Prompting (2023), arXiv:2305.04091; Huang et al., Inner Monologue (2022), arXiv:2207.05608",
    parameters=(
        Int("steps", default=30, low=1, high=200, log=True),
        Int("revisions", default=3, low=0, high=10),
    ),
    needs=("planning",),
    uses=("reasoning", "planning", "memory", "tools", "guard"),
)

ASKED_STEPS = 12
"""Steps of a plan that are thought about where there is nothing to act upon."""


class PlanThenAct:
    """In a world it acts; a question's steps are thought about one by one, then the answer is given.

    A plan that was carried out without failure is followed by the next, up to `steps` steps in all.
    """

    def __init__(self, steps: int, revisions: int, planning: Planning) -> None:
        self._steps, self._revisions = steps, revisions

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """What was seen last in the world, or the answer to the question."""
        actions = tuple(await agent.world.actions())
        memory = await agent.memory.read(task.goal)
        situation = Situation(seen=task.context, memory=memory, actions=actions)
        if actions:
            return await _Play(task, agent, self._steps, self._revisions).run(situation)
        return await self._answered(task, agent, situation)

    async def _answered(self, task: Task, agent: Agent, situation: Situation) -> Answer:
        specs = await agent.tools.specs(task.goal)
        steps = list((await agent.planning.plan(task.goal, situation.text(), specs)).steps)
        notes: list[str] = []
        left = self._revisions
        for _ in range(min(self._steps, ASKED_STEPS)):
            if not steps:
                break
            step = steps.pop(0)
            found = await self._noted(step, task, agent, notes, specs)
            await agent.memory.write(Happening("observation", f"{step}: {found}"))
            notes.append(f"{step}\n   {found or '(nothing)'}")
            if not found and left:
                left -= 1
                steps = list((await agent.planning.revise(f"Nothing came of the step: {step}")).steps)
        context = joined(task.context, f"Worked out so far:\n{numbered(notes)}" if notes else "")
        return Answer((await consult(agent, task.goal, context)).text)

    async def _noted(
        self, step: str, task: Task, agent: Agent, notes: Sequence[str], specs: Sequence[Spec]
    ) -> str:
        """What came of a step: what its tool says if it is a call, else what is thought of it."""
        call = as_call(step, (), specs)
        if call is not None:
            return (await act(agent, call, [], {spec.name for spec in specs})).text
        done = f"Done so far:\n{numbered(notes)}" if notes else ""
        context = joined(f"This is one step of a larger task: {task.goal}", task.context, done)
        return (await consult(agent, step, context)).text


class _Play:
    """One case in a world."""

    def __init__(self, task: Task, agent: Agent, steps: int, revisions: int) -> None:
        self._task, self._agent = task, agent
        self._left, self._revisions = steps, revisions
        self._trace: list[Call] = []

    async def run(self, situation: Situation) -> Answer:
        agent = self._agent
        steps, situation = await self._planned(situation)
        while self._left > 0:
            self._left -= 1
            step = steps.pop(0) if steps else ""
            tools = await agent.tools.specs(situation.text())
            made = len(self._trace)
            seen = await self._carried_out(step, situation, tools)
            if seen is None and not step:
                break  # there is no plan, and no thought either
            if seen is not None and seen.done:
                return Answer(seen.text)
            is_failed = seen is None or len(self._trace) == made or seen.text == situation.seen
            feedback = f"{step or 'The step'}: {seen.text if seen else 'it is not possible now'}"
            situation = await self._now(situation, seen, steps, feedback if is_failed else "")
            if is_failed and step and self._revisions:
                self._revisions -= 1
                plan = await agent.planning.revise(situation.text())
                steps = list(plan.steps)
            if not steps:
                steps, situation = await self._planned(situation)
        return Answer(situation.seen)

    async def _planned(self, situation: Situation) -> tuple[list[str], Situation]:
        """A plan from here, and the situation as it is then: a planner may have begun the case anew."""
        agent = self._agent
        specs = [Spec(action, "") for action in situation.actions]
        specs += await agent.tools.specs(situation.text())
        plan = await agent.planning.plan(self._task.goal, situation.text(), specs)
        return list(plan.steps), replace(situation, actions=tuple(await agent.world.actions()))

    async def _carried_out(self, step: str, situation: Situation, tools: Sequence[Spec]) -> Seen | None:
        """What came of a step; None if nobody knows how to do it now."""
        call = as_call(step, situation.actions, tools) if step else None
        if call is None:
            question = f"{self._task.goal}\nWhich action carries out this step now: {step}" if step else ""
            thought = await self._agent.reasoning.think(question or self._task.goal, situation.text())
            call = as_call(thought.text, situation.actions, tools)
        if call is None and (action := nearest(step, situation.actions)):
            call = Call(action)
        if call is None:
            return None
        return await act(self._agent, call, self._trace, {spec.name for spec in tools})

    async def _now(
        self, before: Situation, seen: Seen | None, steps: Sequence[str], feedback: str
    ) -> Situation:
        """Where the agent stands after a step."""
        text = before.seen if seen is None else seen.text
        memory = await self._agent.memory.read(text)
        actions = tuple(await self._agent.world.actions())
        return Situation(text, memory, tuple(steps), actions, feedback)
