"""Components of evo's own catalogue built by their declarations, to test many of them alike."""

import importlib
import random
from collections.abc import Mapping
from typing import Any

from evo.design.catalogue import Catalogue, ours
from evo.design.component import DRAW, WORLD, Need
from evo.design.contracts import MEMBERS, Answer, Message, Task, Thought
from evo.design.design import Design
from evo.design.runtime.build import Builder
from evo.design.runtime.recipe import recipe

CATALOGUE = Catalogue(ours(), models=("m",), world=("restart",))

USUAL = {"planning": "decomposition", "memory": "window", "tools": "all", "profile": "none", "guard": "none"}
"""What meets a need that names no component."""


class Echo:
    """Reasoning that says what the model says."""

    def __init__(self, model: Any) -> None:
        self.model = model

    async def think(self, question: str, context: str) -> Thought:
        return Thought(await self.model.ask(f"{question}\n\n{context}"))


def build(slot: str, name: str, model: Any, world: Any) -> Any:
    """A component with the defaults of its parameters; its needs are built likewise."""
    entry = CATALOGUE.entry(slot, name)
    values: dict[str, Any] = {one.name: one.default for one in entry.component.parameters}
    for need in map(Need.of, entry.component.needs):
        values[need.slot] = _need(need, model, world)
    if slot == "tools" and name != "none":
        values[MEMBERS] = {}
    module, _, cls = entry.reference.partition(":")
    return getattr(importlib.import_module(module), cls)(**values)


def _need(need: Need, model: Any, world: Any) -> Any:
    if need.slot == DRAW:
        return random.Random(0)
    if need.slot in (WORLD, "model"):
        return world if need.slot == WORLD else model
    if need.slot == "reasoning" and not need.names:
        return Echo(model)
    name = need.names[0] if need.names and need.slot != "tools" else USUAL[need.slot]
    return build(need.slot, name, model, world)


class Line:
    """Stands for the channel out of the jail: a scripted model and a scripted world answer."""

    def __init__(self, model: Any, world: Any) -> None:
        self.model, self.world = model, world

    async def request(self, order: Mapping[str, Any]) -> Any:
        match order["do"]:
            case "model":
                messages = [Message(*one) for one in order["messages"]]
                return await self.model.ask(messages, role=order["role"], temperature=order["temperature"])
            case "actions":
                return await self.world.actions()
        seen = await (self.world.step(order["action"]) if order["do"] == "step" else self.world.restart())
        return [seen.text, seen.reward, seen.done]


async def solved(design: Design, task: Task, model: Any, world: Any) -> Answer:
    """What the agent of a design answers, built as in the jail but in this process."""
    builder = Builder(recipe(design), Line(model, world), 0)  # type: ignore[arg-type]
    answer: Answer = await builder.part("workflow").solve(task, builder.team())
    return answer
