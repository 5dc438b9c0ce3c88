# verdict: invalid
"""Sends a model what are no messages."""

import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    messages = [[0, {"role": "judge"}]]
    order = {
        "do": "model",
        "model": "small",
        "node": "workflow",
        "role": "",
        "messages": messages,
        "temperature": None,
    }
    await agent.model._channel.request(order)
    await agent.model.ask("never")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
