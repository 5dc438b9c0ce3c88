"""Writes the goal as tasks that depend on each other, puts them in order, and finds a tool for those that can begin."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from evo.design.acting import as_call
from evo.design.component import Component
from evo.design.contracts import Model, Plan, Spec
from evo.design.member import joined
from evo.design.parameter import Flag, Int
from evo.design.replies import LONGEST
from evo.design.steps import on_tools
from evo.design.talk import spelled

DECLARATION = Component(
    slot="planning",
    name="task_list",
    purpose="tasks with their dependencies, in order; a tool is chosen for each that waits for no other",
    use="TaskList",
    source="Shen et al., HuggingGPT: Solving AI Tasks with ChatGPT and its Friends (2023), arXiv:2303.17580",
    parameters=(
        Int("tasks", default=6, low=1, high=16, log=True),
        Flag("choose", default=True),
    ),
    needs=("model",),
)

_TASK = re.compile(r"^\W*(?:task\s+)?(\d{1,2})\s*[.):]\s*(.+?)\s*$", re.I | re.M)
_AFTER = re.compile(r"\W*\(?\bafter\b:?\s*(none|(?:\d{1,2}(?:\s*(?:,|and)\s*)?)+)\)?\W*$", re.I)


class TaskList:
    """A task that waits for others keeps its words: what its tool will be given is not known yet.

    Args:
        tasks: at most.
        choose: asks which tool carries out each task that waits for no other.
        model: that is asked.
    """

    def __init__(self, tasks: int, choose: bool, model: Model) -> None:
        self._most, self._choose, self._model = tasks, choose, model
        self._goal, self._tools = "", tuple[Spec, ...]()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """The tasks, each after those that it waits for."""
        self._goal, self._tools = goal or self._goal, tuple(tools)
        prompt = joined(
            f"Goal: {self._goal}",
            state,
            on_tools(self._tools, state),
            f"Split the goal into at most {self._most} tasks. Write a line for each, and which tasks it must wait "
            "for:\n1. what to do (after: none)\n2. what to do (after: 1)",
        )
        found = tasks(await self._model.ask(prompt, role="planner"), self._most)
        order = in_order({number: after for number, (_, after) in found.items()})
        chosen = await asyncio.gather(*(self._tool(*found[number], state) for number in order))
        return Plan(tuple(chosen))

    async def revise(self, feedback: str) -> Plan:
        """A new list from what is known now."""
        return await self.plan(self._goal, feedback, self._tools)

    async def _tool(self, what: str, after: Sequence[int], state: str) -> str:
        """The call that carries out a task, as a plan spells it, or the task itself."""
        actions = [spec.name for spec in self._tools if not spec.arguments]
        if after or not self._choose or not self._tools or what in actions:
            return what
        prompt = joined(
            state,
            on_tools(self._tools, state),
            f"Task: {what}",
            "Which tool or action carries out this task? Reply with it alone, or with NONE.",
        )
        call = as_call(await self._model.ask(prompt, role="selector"), actions, self._tools)
        return what if call is None else spelled(call)


def tasks(text: str, most: int) -> dict[int, tuple[str, tuple[int, ...]]]:
    """The tasks of a reply: number -> what is to be done, and the numbers of those before it that there are."""
    found: dict[int, tuple[str, tuple[int, ...]]] = {}
    for number, line in _TASK.findall(text[:LONGEST]):
        if len(found) < most and int(number) not in found:
            waits = _AFTER.search(line)
            what = (line[: waits.start()] if waits else line).strip(" *`-,;:(")
            if what:
                found[int(number)] = (what, tuple(map(int, re.findall(r"\d+", waits[1]))) if waits else ())
    return {
        number: (what, tuple(one for one in after if one in found and one != number))
        for number, (what, after) in found.items()
    }


def in_order(after: Mapping[int, Sequence[int]]) -> list[int]:
    """The numbers, each after those it waits for, else in their order; where they wait in a circle the first goes."""
    left, found = sorted(after), list[int]()
    while left:
        free = (one for one in left if all(other in found for other in after[one]))
        following = next(free, left[0])
        found.append(following)
        left.remove(following)
    return found
