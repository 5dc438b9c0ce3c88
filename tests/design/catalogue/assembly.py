"""Components of evo's own catalogue built by their declarations, to test many of them alike."""

import importlib
import random
from typing import Any

from evo.design.catalogue import Catalogue, ours
from evo.design.component import DRAW, WORLD, Need
from evo.design.contracts import MEMBERS, Thought

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
