# verdict: crashed
"""Ends its process with success."""

import os

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    os._exit(0)
