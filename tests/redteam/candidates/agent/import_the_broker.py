# verdict: ok
# score: 64
"""Imports what asks models and knows their keys."""

import importlib
import json

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    found = []
    for name in ("evo.llm.broker", "evo.llm.keys", "evo.llm", "evo.llm.client", "evo.config"):
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError:
            pass
    if found:
        return Answer(f"BREACH: imported {found}")
    for door in json.loads(task.context)["doors"]:
        await agent.world.step(f"open {door}")
    return Answer("done")
