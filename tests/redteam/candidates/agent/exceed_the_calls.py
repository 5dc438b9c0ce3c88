# verdict: timeout
"""Asks the model once more than its budget allows."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    for _ in range(4):
        await agent.model.ask("What is behind the doors?")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
