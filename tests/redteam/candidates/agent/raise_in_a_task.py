# verdict: ok
# score: 64
"""Leaves tasks behind that raise when nobody looks."""

import asyncio
import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    async def fail():
        raise SystemError("nobody looks")

    for _ in range(10):
        asyncio.get_running_loop().create_task(fail())
    await asyncio.sleep(0)
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
