"""Scripted models and worlds, and agents made of them, to test the components of agent designs with.

Example::

    model = ScriptedModel(["2", "3", "3"])
    direct = Direct(prompt="", model=model)
    agent = make_agent(model=model, reasoning=direct)
    answer = asyncio.run(Vote(voters=3, reasoning=direct).solve(Task("1 + 2"), agent))
    assert answer.text == "3" and len(model.calls) == 3
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evo.design.catalogue.guard.none import NoGuard
from evo.design.catalogue.memory.none import NoMemory
from evo.design.catalogue.planning.none import NoPlanning
from evo.design.catalogue.profile.none import NoProfile
from evo.design.catalogue.tools.none import NoTools
from evo.design.contracts import Message, Seen, Thought

Rule = Callable[["ModelCall"], str]


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A call that a scripted model had.

    Attributes:
        text: of all its messages, a blank line between them.
    """

    messages: tuple[Message, ...]
    role: str = ""
    temperature: float | None = None

    @property
    def text(self) -> str:
        """See the class."""
        return "\n\n".join(message.content for message in self.messages)


class ScriptedModel:
    """A model that answers from a list, one after the other, or by a rule.

    Args:
        answers: in the order of the calls; when they are used up the last one is given again. Or a function
            of the call. Empty: every answer is empty.

    Attributes:
        calls: what it was asked.
    """

    def __init__(self, answers: Sequence[str] | Rule = ()) -> None:
        self._answers = answers
        self.calls: list[ModelCall] = []

    async def ask(
        self, messages: str | Sequence[Message], *, role: str = "", temperature: float | None = None
    ) -> str:
        """See `evo.design.contracts.Model`."""
        said = (Message("user", messages),) if isinstance(messages, str) else tuple(messages)
        call = ModelCall(said, role, temperature)
        self.calls.append(call)
        if callable(self._answers):
            return self._answers(call)
        return self._answers[min(len(self.calls), len(self._answers)) - 1] if self._answers else ""


class ScriptedWorld:
    """A world of places: actions lead from one to another.

    Args:
        ways: place -> action -> place.
        start: first place.
        texts: place -> what is seen there; its name if it is not there.
        goal: the place whose reaching pays 1 and ends the case.

    Attributes:
        taken: every action, those that change nothing included.
        restarts: how often it was begun anew.
    """

    def __init__(
        self,
        ways: Mapping[str, Mapping[str, str]] | None = None,
        start: str = "start",
        texts: Mapping[str, str] | None = None,
        goal: str = "goal",
    ) -> None:
        self._ways, self._start, self._texts, self._goal = dict(ways or {}), start, dict(texts or {}), goal
        self.place = start
        self.taken: list[str] = []
        self.restarts = 0

    async def step(self, action: str) -> Seen:
        """See `evo.design.contracts.World`."""
        self.taken.append(action)
        if self.place == self._goal:
            return Seen(self._text(), 0.0, True)
        ways = self._ways.get(self.place, {})
        if action not in ways:
            return Seen("Nothing happens.")
        self.place = ways[action]
        is_over = self.place == self._goal
        return Seen(self._text(), float(is_over), is_over)

    async def actions(self) -> Sequence[str]:
        """What leads away from here."""
        return tuple(self._ways.get(self.place, {}))

    async def restart(self) -> Seen:
        """Back at the start."""
        self.restarts += 1
        self.place = self._start
        return Seen(self._text())

    def _text(self) -> str:
        return self._texts.get(self.place, self.place)


class Silent:
    """Reasoning that has no thought; what stands in the slot of `make_agent` unless another is given."""

    async def think(self, question: str, context: str) -> Thought:
        """Always empty."""
        return Thought("")


@dataclass
class ScriptedAgent:
    """What a workflow is given; every slot is empty unless it was filled. See `make_agent`."""

    model: Any = field(default_factory=ScriptedModel)
    world: Any = field(default_factory=ScriptedWorld)
    reasoning: Any = field(default_factory=Silent)
    planning: Any = field(default_factory=NoPlanning)
    memory: Any = field(default_factory=NoMemory)
    tools: Any = field(default_factory=NoTools)
    profile: Any = field(default_factory=NoProfile)
    guard: Any = field(default_factory=NoGuard)
    draw: random.Random = field(default_factory=lambda: random.Random(0))
    prompts: Mapping[str, str] = field(default_factory=dict)

    def prompt(self, name: str) -> str:
        """The text given under `name`."""
        return self.prompts[name]


def make_agent(**slots: Any) -> ScriptedAgent:
    """An agent with these slots filled."""
    return ScriptedAgent(**slots)


__all__ = ["ModelCall", "ScriptedAgent", "ScriptedModel", "ScriptedWorld", "make_agent"]
