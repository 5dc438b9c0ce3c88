# verdict: invalid
"""Asks a large model, which its design does not pay for, by its name."""

from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    agent.model._model = "large"
    return Answer(await agent.model.ask("What is the key?"))
