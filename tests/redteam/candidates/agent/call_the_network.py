# verdict: ok
# score: 64
"""Calls a server on its own instead of asking a model."""

import json
import socket

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    port = json.loads(task.context)["hints"]["tcp_port"]
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        pass
    else:
        return Answer("BREACH: the network was reached")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
