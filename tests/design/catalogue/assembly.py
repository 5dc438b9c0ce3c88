"""Components of evo's own catalogue built by their declarations, to test many of them alike."""

import importlib
import random
from collections.abc import Mapping
from typing import Any

from evo.design.catalogue import Catalogue, ours
from evo.design.component import DRAW, SLOTS, WORLD, Need
from evo.design.contracts import MEMBERS, Thought
from evo.design.design import Design
from evo.testing.agents import make_agent

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


class Assembly:
    """The agent of a design, in this process: each component is made once, when the first that needs it is."""

    def __init__(self, design: Design, model: Any, world: Any) -> None:
        self.design, self.model, self.world = design, model, world
        self._made: dict[str, Any] = {}

    def agent(self) -> Any:
        slots = {slot: self.part(slot) for slot in SLOTS[1:-1]}
        return make_agent(model=self.model, world=self.world, **slots)

    def part(self, slot: str) -> Any:
        if slot not in self._made:
            part = self.design.parts[slot]
            extra = {}
            if slot == "tools" and part.use != "none":
                names = [name for name in self.design.catalogue.tools() if part.values.get(name) is True]
                extra = {MEMBERS: {name: self._component("tool", name, f"{name}.") for name in names}}
            self._made[slot] = self._component(slot, part.use, "", extra)
        return self._made[slot]

    def _component(self, slot: str, name: str, prefix: str, extra: Mapping[str, Any] | None = None) -> Any:
        entry = self.design.catalogue.entry(slot, name)
        given = self.design.parts["tools" if slot == "tool" else slot].values
        values = {one.name: given.get(prefix + one.name, one.default) for one in entry.component.parameters}
        outside = {DRAW: random.Random(0), WORLD: self.world, "model": self.model}
        needs = {need.slot for need in map(Need.of, entry.component.needs)}
        found = {need: outside[need] if need in outside else self.part(need) for need in needs}
        module, _, cls = entry.reference.partition(":")
        return getattr(importlib.import_module(module), cls)(**values, **found, **(extra or {}))
