"""Builds an agent of a recipe, in the candidate's process, fresh for every case."""

import hashlib
import importlib
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from evo.design.contracts import Message, Seen
from evo.design.runtime.loop import Channel

OUTSIDE = ("model", "world", "draw")
"""Needs that no component stands for."""


class Node:
    """The model of one slot: asks the broker, with the system prompt of the part that speaks."""

    def __init__(self, channel: Channel, model: str, slot: str) -> None:
        self._channel, self._model, self._slot = channel, model, slot
        self.profile: Any = None

    async def ask(
        self, messages: str | Sequence[Message], *, role: str = "", temperature: float | None = None
    ) -> str:
        """See `evo.design.contracts.Model`."""
        said = [Message("user", messages)] if isinstance(messages, str) else list(messages)
        has_system = self.profile is None or any(one.role == "system" for one in said)
        if not has_system and (system := await self.profile.system(role or self._slot)):
            said.insert(0, Message("system", system))
        order = {
            "do": "model",
            "model": self._model,
            "node": self._slot,
            "role": role,
            "messages": [[one.role, one.content] for one in said],
            "temperature": temperature,
        }
        return str(await self._channel.request(order))


class Reach:
    """The problem's world, as far as a design reaches it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def step(self, action: str) -> Seen:
        """See `evo.design.contracts.World`."""
        return Seen(*await self._channel.request({"do": "step", "action": action}))

    async def actions(self) -> Sequence[str]:
        """See `evo.design.contracts.World`."""
        return tuple(await self._channel.request({"do": "actions"}))

    async def restart(self) -> Seen:
        """See `evo.design.contracts.World`."""
        return Seen(*await self._channel.request({"do": "restart"}))


class Team:
    """What a workflow is given: the slots, filled, see `evo.design.contracts.Agent`."""

    reasoning: Any
    planning: Any
    memory: Any
    tools: Any
    profile: Any
    guard: Any
    model: Node
    world: Reach
    draw: random.Random

    def __init__(self, prompts: Mapping[str, str]) -> None:
        self._prompts = prompts

    def prompt(self, name: str) -> str:
        """The text of ``prompts/NAME.md``."""
        if name not in self._prompts:
            raise KeyError(f"the candidate has no prompts/{name}.md")
        return self._prompts[name]


class Builder:
    """Makes the components of one agent, each when the first that needs it is made.

    Args:
        recipe: see `evo.design.runtime.recipe`.
        channel: to the judge's side.
        seed: of the case; each component draws from a stream of its own.
    """

    def __init__(self, recipe: Mapping[str, Any], channel: Channel, seed: int) -> None:
        self._recipe, self._channel, self._seed = recipe, channel, seed
        self._made: dict[str, Any] = {}
        self._being_made: list[str] = []
        self._nodes: list[Node] = []

    def team(self) -> Team:
        """The agent, all slots but the workflow filled."""
        team = Team(self._recipe["prompts"])
        for slot in self._recipe["slots"]:
            if slot != "workflow":
                setattr(team, slot, self.part(slot))
        team.model = self._node("workflow")
        team.world = Reach(self._channel)
        team.draw = self._draw("workflow")
        for node in self._nodes:
            node.profile = team.profile
        return team

    def part(self, slot: str) -> Any:
        """What stands in `slot`.

        Raises:
            ValueError: it needs what needs it.
        """
        if slot not in self._made:
            if slot in self._being_made:
                circle = " needs ".join([*self._being_made[self._being_made.index(slot) :], slot])
                raise ValueError(f"components need each other in a circle: {circle}")
            self._being_made.append(slot)
            order = self._recipe["slots"][slot]
            members = {}
            if slot == "tools" and order["use"]:
                tools: Mapping[str, Any] = self._recipe["tools"]
                members = {name: self._component(f"tool.{name}", slot, one) for name, one in tools.items()}
            extra = {"members": members} if order["members"] else {}
            self._made[slot] = self._component(slot, slot, order, extra)
            self._being_made.pop()
        return self._made[slot]

    def _component(
        self, name: str, slot: str, order: Mapping[str, Any], extra: Mapping[str, Any] | None = None
    ) -> Any:
        needs = {need: self._need(need, name, slot) for need in order["needs"]}
        return load(order["use"])(**order["values"], **needs, **(extra or {}))

    def _need(self, need: str, name: str, slot: str) -> Any:
        if need == "model":
            return self._node(slot)
        if need == "world":
            return Reach(self._channel)
        return self._draw(name) if need == "draw" else self.part(need)

    def _node(self, slot: str) -> Node:
        models: Mapping[str, str] = self._recipe["models"]
        node = Node(self._channel, models.get(slot, models.get("", "")), slot)
        if slot != "profile":
            self._nodes.append(node)
        return node

    def _draw(self, name: str) -> random.Random:
        digest = hashlib.blake2b(f"{self._seed}:{name}".encode(), digest_size=8).digest()
        return random.Random(int.from_bytes(digest, "little"))


def load(use: str) -> Any:
    """The class or function that is meant: ``module:Name`` of evo's own, ``path.py:Name`` of a file in the folder."""
    source, _, name = use.partition(":")
    if not source.endswith(".py"):
        return getattr(importlib.import_module(source), name)
    return getattr(_file(source), name)


def _file(path: str) -> ModuleType:
    """Runs a file of the working folder as a module."""
    place = Path.cwd() / path
    module = ModuleType(path.removesuffix(".py").replace("/", "."))
    module.__file__ = str(place)
    exec(compile(place.read_bytes(), str(place), "exec"), module.__dict__)  # noqa: S102  what this process is for
    return module
