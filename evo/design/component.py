"""What a component of an agent says about itself: the form of a declaration.

A component is one file. It assigns ``DECLARATION = Component(...)``, made of literals alone, because it is
read and never run where designs are checked (`evo.design.declaration`), and it defines the class that the
declaration names. The class is built with keywords: its parameters and, by the name of the slot, one for
each of its needs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evo.design.parameter import AGENTS, Parameter, Value

SLOTS = ("workflow", "reasoning", "planning", "memory", "tools", "profile", "guard", "model")
"""Slots of a design, in the order in which they are written."""

SHELVES = (*SLOTS[:-1], "tool")
"""Kinds of components that are files: of ``model`` there are none, and each ``tool`` is a member of ``tools``."""

WORLD = "world"
"""What the problem's environment offers, as a need: ``world.restart``."""

DRAW = "draw"
"""A stream of random numbers of the component's own (`random.Random`), as a need; always met."""

SAME = "same"
"""A node's model where it is the one that all use."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Component:
    """A declaration.

    Attributes:
        slot: one of `SHELVES`.
        name: by which a design calls it; also the name of its file.
        purpose: one line.
        use: name of the class in the same file.
        source: where the idea comes from.
        parameters: in the order in which they are written.
        needs: what must be there beside it, see `Need`: ``model``, ``memory=map|visited``,
            ``tools.python``, ``world.restart``, ``draw``.
        uses: of a workflow, the slots that it calls; None for all of them. A profile speaks before whatever
            asks a model, so only a workflow that calls it itself names it.
    """

    slot: str
    name: str
    purpose: str
    use: str
    source: str = ""
    parameters: tuple[Parameter, ...] = ()
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.slot not in SHELVES:
            raise ValueError(f"the slot must be one of {', '.join(SHELVES)}, got {self.slot!r}")
        if not _NAME.fullmatch(self.name) or self.name in (WORLD, DRAW):
            raise ValueError(f"the name must be lower-case letters, digits and _, got {self.name!r}")
        names = [parameter.name for parameter in self.parameters]
        for name in names:
            if not _NAME.fullmatch(name) or name == "use" or names.count(name) > 1:
                raise ValueError(
                    f"parameters must have different lower-case names other than 'use', got {name!r}"
                )
        agents = () if self.slot == "tool" else AGENTS  # an agent with a tool has tools
        for place, parameter in enumerate(self.parameters):
            if parameter.when and parameter.when.partition("=")[0] not in (*names[:place], *agents):
                other = f", nor one of {', '.join(agents)}" if agents else ""
                raise ValueError(
                    f"{parameter.name} counts when {parameter.when!r}, which is no parameter before it{other}"
                )
        for need in self.needs:
            Need.of(need)
        if self.uses is not None and (self.slot != "workflow" or not set(self.uses) <= set(SLOTS[1:])):
            raise ValueError(f"only a workflow uses slots, out of {', '.join(SLOTS[1:])}, got {self.uses!r}")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in a slot: a component and the values of those of its parameters that count.

    Tools that are off and nodes that have the model that all have are left out of `values`.
    """

    use: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={shown(value)}" for name, value in self.values.items())
        return f"{self.use}({inside})" if inside else self.use


def shown(value: object) -> str:
    """A value as a design writes it, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:37] + "..."


@dataclass(frozen=True, slots=True)
class Need:
    """What a component cannot do without.

    Attributes:
        slot: the slot that must be filled, `WORLD` or `DRAW`.
        names: components of which one must stand there, empty for any but ``none``; of ``tools`` and of
            the world, what must be offered.
    """

    slot: str
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Need":
        """From a declaration.

        Raises:
            ValueError: it is none.
        """
        if text == DRAW:
            return cls(DRAW)
        slot, dot, member = text.partition(".")
        if dot and slot in ("tools", WORLD) and _NAME.fullmatch(member):
            return cls(slot, (member,))
        slot, equals, names = text.partition("=")
        parts = tuple(names.split("|")) if equals else ()
        if slot in SLOTS[1:] and all(map(_NAME.fullmatch, parts)) and not (equals and slot == "tools"):
            return cls(slot, parts)
        raise ValueError(
            f"a need is a slot, slot=NAME|NAME, tools.NAME, world.NAME or {DRAW} with a slot of {', '.join(SLOTS[1:])}, got {text!r}"
        )

    def met(self, parts: Mapping[str, Part], world: frozenset[str]) -> bool:
        """Whether it is there."""
        if self.slot == DRAW:
            return True
        if self.slot == WORLD:
            return world.issuperset(self.names)
        part = parts.get(self.slot)
        if part is None or part.use == "none":
            return False
        if self.slot == "tools":
            return all(part.values.get(name) is True for name in self.names)
        return not self.names or part.use in self.names
