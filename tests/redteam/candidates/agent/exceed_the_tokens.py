# verdict: timeout
"""Asks a question that is longer than all it may use."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    await agent.model.ask("What is behind the doors? " * 2000)
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
