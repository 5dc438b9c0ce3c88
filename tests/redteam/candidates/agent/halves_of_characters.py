# verdict: ok
# score: 64
"""Says and does what is no text, which must harm nobody."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    await agent.world.step("open \ud800")
    await agent.model.ask("\udfff\x00\x1b[31m")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("\udc80 done \x07")
