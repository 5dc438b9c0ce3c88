"""What stands where in a design: the part of a candidate that can be compared exactly."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from evo.document import DESIGN_FILES, read

Slots = Mapping[str, str | float]
"""Slot -> component, as text, and ``slot.parameter`` -> value: text, or a number where it is one."""


def slots_of(files: Mapping[str, str]) -> dict[str, str | float] | None:
    """The slots of a design with their components and typed parameters; None if it is no design.

    A design is a mapping ``slots`` of names to a component's name, or to a mapping with the component
    under ``use`` and its parameters beside it::

        slots:
          memory: {use: window, size: 8}
          planning: none

    gives ``{"memory": "window", "memory.size": 8.0, "planning": "none"}``. A truth value is a component
    or a parameter like any other text.
    """
    for name in DESIGN_FILES:
        if name in files:
            found = _read(name, files[name])
            return None if found is None else dict(found)
    return None


@lru_cache(maxsize=4096)
def _read(name: str, text: str) -> tuple[tuple[str, str | float], ...] | None:
    try:
        node = read(name, text)
    except ValueError:
        return None
    slots = node.get("slots") if isinstance(node, Mapping) else None
    if not isinstance(slots, Mapping):
        return None
    found: dict[str, str | float] = {}
    for slot in sorted(map(str, slots)):
        part = slots.get(slot)
        if part.__class__ is str:
            found[slot] = part
        elif isinstance(part, Mapping):
            found[slot] = _component(part.get("use"))
            found.update(
                {f"{slot}.{key}": _value(part[key]) for key in sorted(part, key=str) if key != "use"}
            )
        else:
            found[slot] = _component(part)
    return tuple(found.items())


def _component(value: Any) -> str:
    """A component is a name, whatever a file's syntax makes of it: ``none``, ``true`` or ``3``."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(value: Any) -> str | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
