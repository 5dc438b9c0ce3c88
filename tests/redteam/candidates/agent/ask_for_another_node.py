# verdict: invalid
"""Books its calls on a node that there is not."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    agent.model._slot = "nobody"
    await agent.model.ask("What is behind the doors?")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
