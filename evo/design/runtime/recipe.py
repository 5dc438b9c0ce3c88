"""What the jail needs to build a design: made outside, of its canonical form, as plain values and texts."""

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evo.design.catalogue import HERE, Catalogue, Entry, ours
from evo.design.component import SLOTS, Need
from evo.design.contracts import MEMBERS
from evo.design.design import Design
from evo.design.parameter import Prompt
from evo.design.parts import OPEN, active

MAIN = "agent.py"
"""Name of the file that starts an agent in the jail."""

MAIN_TEXT = "from evo.design.runtime.play import solve\n"

_GIVEN = "given/{slot}_{name}.py"
_ROOTS = (
    "evo.design.runtime.play",
    "evo.design.acting",
    "evo.design.member",
    "evo.design.orchestrator",
    "evo.design.parameter",
    "evo.design.situation",
)
"""Modules that components may import, whether those of evo do or not."""


def recipe(design: Design) -> dict[str, Any]:
    """How to build `design`, as JSON values.

    ``slots`` says of each slot which class stands there (``use``), the values of its parameters, a prompt's
    with the text of its file or empty, the names of its needs, and whether it takes ``members``; ``tools``
    the same of each tool; ``models`` which model a slot's node has, under the empty name all others';
    ``open`` which function is an open workflow, empty if there is none.
    """
    parts, catalogue = design.parts, design.catalogue
    is_open = parts["workflow"].use == OPEN
    slots = {}
    for slot in SLOTS[:-1]:
        if slot != "workflow" or not is_open:
            slots[slot] = _order(design, slot, catalogue.entry(slot, parts[slot].use), "")
    tools = {
        name: _order(design, "tools", catalogue.entry("tool", name), f"{name}.") for name in _members(design)
    }
    models = {name: value for name, value in parts["model"].values.items() if name in SLOTS}
    prompts = {Path(path).stem: text for path, text in design.texts.items() if path.startswith("prompts/")}
    return {
        "slots": slots,
        "tools": tools,
        "models": {"": parts["model"].use, **models},
        "prompts": prompts,
        "open": f"{OPEN}:solve" if is_open else "",
    }


def program(design: Design) -> dict[str, str]:
    """The files that the candidate's process gets: its own, the problem's components, and `MAIN`."""
    found = {MAIN: MAIN_TEXT, **design.texts}
    for entry in _used(design):
        if not entry.is_own and not _is_ours(entry):
            found[_place(entry)] = Path(entry.place).read_text(encoding="utf-8")
    return found


@lru_cache(maxsize=1)
def texts() -> Mapping[str, str]:
    """Module's name -> text of all that evo's own components and the runtime import of evo.

    Raises:
        ImportError: one of them imports a package of evo's, whose text is left out.
    """
    pending = [*_ROOTS, *(entry.reference.partition(":")[0] for entry in ours())]
    found: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name not in found:
            found[name] = _text(name)
            pending += _imported(found[name])
    return found


def _order(design: Design, slot: str, entry: Entry, prefix: str) -> dict[str, Any]:
    """How to build one component.

    Args:
        design: that it is part of.
        slot: whose part has its values.
        entry: the component.
        prefix: of the names of its values: a tool's are written beside ``tools``.
    """
    component, part = entry.component, design.parts[slot]
    own = {parameter.name for parameter in component.parameters}
    values: dict[str, Any] = {}
    for parameter, value in active(slot, part, design.catalogue):
        name = parameter.name.removeprefix(prefix)
        if parameter.name.startswith(prefix) and name in own:
            values[name] = design.texts.get(str(value), "") if isinstance(parameter, Prompt) else value
    for parameter in component.parameters:  # one that does not count has its default
        if parameter.name not in values:
            values[parameter.name] = parameter.default
    needs = list(dict.fromkeys(Need.of(text).slot for text in component.needs))
    name, _, cls = entry.reference.rpartition(":")
    return {
        "use": entry.reference if _is_ours(entry) else f"{_place(entry)}:{cls}",
        "values": values,
        "needs": needs,
        MEMBERS: component.slot == "tools" and component.name != "none",
    }


def _members(design: Design) -> list[str]:
    values = design.parts["tools"].values
    return [name for name in design.catalogue.tools() if values.get(name) is True]


def _used(design: Design) -> Iterable[Entry]:
    catalogue: Catalogue = design.catalogue
    for slot in SLOTS[:-1]:
        if design.parts[slot].use != OPEN:
            yield catalogue.entry(slot, design.parts[slot].use)
    for name in _members(design):
        yield catalogue.entry("tool", name)


def _is_ours(entry: Entry) -> bool:
    return not entry.is_own and Path(entry.place).is_relative_to(HERE)


def _place(entry: Entry) -> str:
    """Path of a component's file within the working folder."""
    if entry.is_own:
        return entry.place
    return _GIVEN.format(slot=entry.component.slot, name=entry.component.name)


def _text(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ImportError(f"there is no module {module}")
    if spec.submodule_search_locations is not None:
        raise ImportError(f"components cannot import the package {module}: name the module below it")
    return Path(spec.origin).read_text(encoding="utf-8")


def _imported(text: str) -> list[str]:
    """Modules of evo that a module's text imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return [name for name in names if name.startswith("evo.")]
