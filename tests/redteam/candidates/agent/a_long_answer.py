# verdict: invalid
"""Hands in a megabyte."""

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    return Answer("x" * 900_000)
