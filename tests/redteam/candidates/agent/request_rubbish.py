# verdict: invalid
"""Sends requests that are no JSON."""

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
    send(6, 0, bytes(range(256)))
    os.read(3, 10)
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
