# verdict: crashed
"""Raises what cannot be shown."""

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    class Liar(Exception):
        def __str__(self):
            raise RuntimeError("no")

    raise Liar
