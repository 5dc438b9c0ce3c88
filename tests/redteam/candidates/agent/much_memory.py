# verdict: memory
"""Wants more memory than there is for it."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    block = bytearray(1 << 32)
    block[-1] = 1
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
