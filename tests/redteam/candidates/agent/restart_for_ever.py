# verdict: timeout
"""Begins the case anew, for ever."""

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    while True:
        await agent.world.restart()
