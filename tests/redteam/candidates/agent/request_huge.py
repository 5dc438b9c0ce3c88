# verdict: invalid
"""Sends a request of a gigabyte, of which little comes."""

import json
import os
import struct

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    os.write(3, struct.pack("<BII", 6, 0, 1 << 30) + b"x" * 1000)
    os.read(3, 10)
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
