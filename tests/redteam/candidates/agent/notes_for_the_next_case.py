# verdict: ok
# score: 64
# stage: all
"""Leaves a note for the next case in a module, in a file and in the environment."""

import json
import os

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    if hasattr(json, "note") or os.path.exists("note") or "NOTE" in os.environ:
        return Answer("BREACH: it was here before")
    json.note = os.environ["NOTE"] = "here"
    with open("note", "w") as file:
        file.write("here")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
