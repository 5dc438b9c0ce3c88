# verdict: ok
# score: 64
# stage: all
"""Opens all doors, after it has asked its model about them; in every case."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    await agent.model.ask("What is behind the doors?")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
