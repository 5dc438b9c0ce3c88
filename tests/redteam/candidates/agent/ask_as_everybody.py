# verdict: timeout invalid
"""Asks in the part of ten thousand roles, with the ledger's marks in their names."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    for number in range(10_000):
        await agent.model.ask("What is behind the doors?", role=f"critic {number}.calls")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
