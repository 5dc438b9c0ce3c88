# verdict: timeout
"""Asks more than it may, takes the refusal for a bad answer, and goes on."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    for _ in range(10):
        try:
            await agent.model.ask("What is behind the doors?")
        except BaseException:
            break
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
