# verdict: ok
# score: 64
"""Starts a program to play for it."""

import json
import os

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    try:
        os.posix_spawn("/bin/true", ["true"], {})
    except OSError:
        pass
    else:
        return Answer("BREACH: started a program")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
