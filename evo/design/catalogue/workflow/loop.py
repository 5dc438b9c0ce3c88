"""The single loop: looks, remembers, plans, thinks, acts, and begins again (ReAct, with and without a model)."""

from collections.abc import Sequence

from evo.design.acting import act, as_call
from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Call, Happening, Plan, Spec, Task
from evo.design.member import Turns, joined
from evo.design.parameter import Choice, Int
from evo.design.situation import Situation
from evo.design.talk import offered, spelled

DECLARATION = Component(
    slot="workflow",
    name="loop",
    purpose="thinks and acts in turn, one step at a time",
    use="Loop",
    source="Yao et al., ReAct: Synergizing Reasoning and Acting in Language Models (2022), arXiv:2210.03629",
    parameters=(
        Int("steps", default=50, low=1, high=200, log=True, when="agent.calls"),
        Choice("plans", default="always", choices=("always", "when_needed")),
    ),
    uses=("reasoning", "planning", "memory", "tools", "guard"),
)

ASKED_STEPS = 8
"""Thoughts about a question, at most."""

SHOWN = 120
"""Letters of a thought that named no action, as it is fed back."""


class Loop:
    """In a world it acts until the case is over; a question it thinks about until no more tools are asked for.

    The thought is the action if it names one that is possible; else the next step of the plan is taken. A
    thought that names none, where there is no plan, is fed back and costs a step; with neither it ends.
    Of a question no tool is called twice with the same arguments.

    Args:
        steps: actions, refused ones included; of a question, thoughts, at most `ASKED_STEPS`.
        plans: makes a new plan before every action, or only when the last one is used up or was left.
    """

    def __init__(self, steps: int, plans: str) -> None:
        self._steps, self._always = steps, plans == "always"

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """What was seen last in the world, or the last thought about the question."""
        actions = tuple(await agent.world.actions())
        if actions:
            return await _Play(task, agent, self._steps, self._always).run(actions)
        return await self._answered(task, agent)

    async def _answered(self, task: Task, agent: Agent) -> Answer:
        specs = await agent.tools.specs(f"{task.goal}\n{task.context}".strip())
        plan = await agent.planning.plan(task.goal, task.context, specs)
        turns = Turns(agent, min(self._steps, ASKED_STEPS) - 1)
        while True:
            memory = await agent.memory.read(task.goal)
            told = Situation(seen=task.context, memory=memory, plan=plan.steps).text()
            context = joined(told, *turns.notes, turns.told(specs))
            answer = await turns.taken(await agent.reasoning.think(task.goal, context), specs)
            if answer is not None:
                return Answer(answer.text)


class _Play:
    """One case in a world."""

    def __init__(self, task: Task, agent: Agent, steps: int, always: bool) -> None:
        self._task, self._agent, self._steps, self._always = task, agent, steps, always
        self._trace: list[Call] = []
        self._plan = Plan()

    async def run(self, actions: tuple[str, ...]) -> Answer:
        agent, seen, feedback = self._agent, self._task.context, ""
        await agent.memory.write(Happening("observation", seen))
        for _ in range(self._steps):
            if not actions:
                break
            call, names, said = await self._decided(seen, feedback, actions)
            if call is None and not said:
                break
            if call is None:
                feedback = f"{said}: this names none of the actions."
                continue
            made = len(self._trace)
            found = await act(agent, call, self._trace, names)
            if found.done:
                return Answer(found.text)
            if len(self._trace) == made:
                feedback = found.text
                self._plan = Plan() if self._always else await agent.planning.revise(feedback)
                continue
            feedback = ""
            if self._trace[-1].name in names:
                feedback = f"{spelled(self._trace[-1])}: {found.text}"
            else:
                seen, actions = found.text, tuple(await agent.world.actions())
            if found.reward:
                feedback = f"{spelled(self._trace[-1])}: gained {found.reward:g}"
                await agent.memory.write(Happening("reward", feedback))
        return Answer(seen)

    async def _decided(
        self, seen: str, feedback: str, actions: tuple[str, ...]
    ) -> tuple[Call | None, frozenset[str], str]:
        """What to do next, None for nothing; the names of the tools that are offered; and what was thought."""
        agent, goal = self._agent, self._task.goal
        situation = Situation(seen=seen, actions=actions, feedback=feedback)
        tools = await agent.tools.specs(seen)
        state = Situation(seen, await agent.memory.read(situation.text()), (), actions, feedback)
        if self._always or not self._plan.steps:
            offer: list[Spec] = [*(Spec(action, "") for action in actions), *tools]
            self._plan = await agent.planning.plan(goal, state.text(), offer)
        steps = self._plan.steps
        if steps and steps[0] not in actions:
            actions = tuple(await agent.world.actions())  # the planner may have begun the case anew
        told = Situation(seen, state.memory, steps, actions, feedback).text()
        thought = await agent.reasoning.think(goal, joined(offered(tools), told))
        call = _named(thought.text, actions, tools) or (_named(steps[0], actions, tools) if steps else None)
        is_next = bool(steps) and call is not None and spelled(call) == steps[0]
        self._plan = Plan(steps[1:] if is_next else ())
        said = " ".join(thought.text.split())[:SHOWN]
        return call, frozenset(spec.name for spec in tools), said


def _named(text: str, actions: Sequence[str], tools: Sequence[Spec]) -> Call | None:
    if not text:
        return None
    return Call(text) if text in actions else as_call(text, actions, tools)
