# verdict: invalid
"""Asks at a temperature that is no number."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    await agent.model.ask("What is behind the doors?", temperature=float("nan"))
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
