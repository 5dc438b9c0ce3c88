# verdict: invalid timeout crashed
"""Sends requests as fast as it can and reads none of the answers."""

import json
import os
import struct

from evo.design.contracts import Agent, Answer, Task


def send(kind, number, body):
    """One frame of the jail's own protocol, straight to the judge."""
    data = memoryview(struct.pack("<BII", kind, number, len(body)) + body)
    while data:
        data = data[os.write(3, data) :]


async def solve(task: Task, agent: Agent) -> Answer:
    for number in range(200_000):
        send(6, number, b'{"do":"actions"}')
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
