"""Plays agent designs in this process, without a jail: for tests, and for labelling many designs of evo's own parts.

A case is played as `evaluators/agent.py` plays it, with the same draws, so that its score is the same. A design
with code of its own is refused: that must only ever run in the jail.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from evo.design.contracts import Task
from evo.design.design import Design
from evo.design.environment import Environment
from evo.design.parts import OPEN
from evo.design.runtime.build import Builder
from evo.design.runtime.recipe import recipe
from evo.play.draws import design_seed, world_seed
from evo.types import Case, Evaluation

Step = tuple[str, str]
"""An action, and what was seen after it."""


class Near:
    """Stands for the channel out of the jail: answers at once, from a world that is begun.

    Attributes:
        taken: the steps that were made.
    """

    def __init__(self, world: Environment) -> None:
        self._world = world
        self.taken: list[Step] = []

    def request(self, order: Mapping[str, Any]) -> Awaitable[Any]:
        """See `evo.design.runtime.loop.Channel`."""
        return self._answered(order)

    async def _answered(self, order: Mapping[str, Any]) -> Any:
        match order["do"]:
            case "step":
                seen = self._world.step(order["action"])
                self.taken.append((order["action"], seen.text))
                return [seen.text, seen.reward, seen.done]
            case "actions":
                return list(self._world.actions())
        raise ValueError(
            f"a design played without a jail can act and see its actions, it asked for {order['do']!r}"
        )


def play(design: Design, world: Environment, case: Case, seed: int = 0) -> tuple[Evaluation, list[Step]]:
    """The verdict on `design` in one case, and the steps that it made there.

    Args:
        design: of evo's or the problem's own components.
        world: any case may be begun in it.
        case: that is played.
        seed: option ``seed`` of the evaluator.

    Raises:
        ValueError: the design brings code or a budget of its own, or asks for a model.
    """
    if design.parts["workflow"].use == OPEN or any(entry.is_own for entry in design.catalogue.entries):
        raise ValueError("a design with code of its own must be played in the jail: see evaluators/agent.py")
    if design.budget:
        raise ValueError("a budget is kept in the judge's process alone: see evaluators/agent.py")
    opening = world.reset(case, world_seed(seed, case.name))
    channel = Near(world)
    own = design_seed(seed, case.name)
    builder = Builder(recipe(design), channel, own)  # type: ignore[arg-type]  # a channel in all it is used for
    answer = asyncio.run(_solved(builder, Task(opening.goal, opening.context)))
    return world.result(answer), channel.taken


async def _solved(builder: Builder, task: Task) -> str:
    team = builder.team()
    answer = await builder.part("workflow").solve(task, team)
    return str(answer.text)
