# verdict: timeout
"""Sleeps in the loop while a call of the model is never waited for."""

import asyncio
import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    call = asyncio.ensure_future(agent.model.ask("What is behind the doors?"))
    await asyncio.sleep(3600)
    await call
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
