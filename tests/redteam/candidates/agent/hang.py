# verdict: timeout
"""Does nothing, for ever."""

import time

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    while True:
        time.sleep(1)
