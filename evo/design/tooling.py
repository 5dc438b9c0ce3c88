"""What tools, and components that choose among them, share: reading arguments, saying what is wrong, being called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evo.design.contracts import Spec, Tool

FAILED = "Error: "
"""What a tool answers begins with it where it could not do what was asked."""


def failure(rule: str, got: object = None, way: str = "") -> str:
    """An answer that says what is wrong, with what was given and the way out."""
    shown = "" if got is None else f", got {str(got)[:80]!r}"
    return f"{FAILED}{rule}{shown}. {way}".rstrip()


def text_of(arguments: Mapping[str, Any], name: str) -> str:
    """An argument as text, empty if it is missing; one that stands alone counts under any name."""
    value = arguments.get(name)
    if value is None and len(arguments) == 1:
        (value,) = arguments.values()
    return "" if value is None else str(value)


async def offered_by(members: Mapping[str, Tool], names: Iterable[str], situation: str) -> list[Spec]:
    """The specs of these tools; each that has a method ``given`` is told the situation first."""
    found = []
    for name in names:
        tool = members[name]
        given = getattr(tool, "given", None)
        if given is not None:
            given(situation)
        found.append(await tool.spec())
    return found


async def answered(members: Mapping[str, Tool], name: str, arguments: Mapping[str, Any]) -> str:
    """What a tool answers, or which tools there are."""
    if name not in members:
        return failure("there is no such tool", name, f"Tools: {', '.join(sorted(members))}.")
    return await members[name].call(arguments)


def described(spec: Spec) -> str:
    """All that a spec says, as one text to rank it by."""
    return " ".join([spec.name.replace("_", " "), spec.purpose, *spec.arguments, *spec.arguments.values()])


def in_order(names: Sequence[str], most: int, members: Mapping[str, Tool]) -> list[str]:
    """The first `most` of `names`, filled up from the other members by name if there are fewer."""
    return [*names, *(name for name in sorted(members) if name not in names)][:most]
