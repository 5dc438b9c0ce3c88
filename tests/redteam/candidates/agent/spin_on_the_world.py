# verdict: timeout
"""Asks the world what can be done, for ever."""

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    while True:
        await agent.world.actions()
