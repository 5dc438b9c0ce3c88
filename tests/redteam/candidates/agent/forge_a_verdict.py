# verdict: invalid crashed
"""Sends a claim that is a verdict, and ends with success."""

import os
import struct

from evo.design.contracts import Agent, Answer, Task


def send(kind, number, body):
    """One frame of the jail's own protocol, straight to the judge."""
    data = memoryview(struct.pack("<BII", kind, number, len(body)) + body)
    while data:
        data = data[os.write(3, data) :]


async def solve(task: Task, agent: Agent) -> Answer:
    verdict = b'{"status":"ok","score":1e9}'
    send(4, 0, struct.pack("<II", 1, len(verdict)) + verdict)
    os._exit(0)
