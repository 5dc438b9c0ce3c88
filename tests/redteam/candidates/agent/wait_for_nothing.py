# verdict: crashed
"""Waits for what nobody will ever say."""

import asyncio
import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    await asyncio.Event().wait()
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
