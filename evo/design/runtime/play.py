"""What runs in the jail for one case: builds the agent, has it carry out the task, hands its answer back."""

import inspect
from collections.abc import Mapping
from typing import Any

from evo.design.contracts import Answer, Task
from evo.design.runtime.build import Builder, load
from evo.design.runtime.loop import Channel, Loop


def solve(recipe: Mapping[str, Any], goal: str, context: str, seed: int) -> str:
    """The agent's answer to one case, as text.

    Args:
        recipe: of `evo.design.runtime.recipe`.
        goal: of the task.
        context: of the task.
        seed: of the case.
    """
    channel = Channel()
    loop = Loop(channel)
    answer = loop.run_until_complete(_solved(Builder(recipe, channel, seed), recipe, Task(goal, context)))
    text = answer.text if isinstance(answer, Answer) else answer
    if not isinstance(text, str):
        raise TypeError(f"solve() returns an Answer, it returned {type(answer).__name__}")
    return text


async def _solved(builder: Builder, recipe: Mapping[str, Any], task: Task) -> Any:
    team = builder.team()
    if recipe["open"]:
        answer = load(recipe["open"])(task, team)
        return await answer if inspect.isawaitable(answer) else answer
    return await builder.part("workflow").solve(task, team)
