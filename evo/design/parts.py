"""The slots of a design's file: read with a catalogue or without, written in one way, compared."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.design.budget import BUDGET, LIMITS, Limits, read_budget
from evo.design.catalogue import Catalogue
from evo.design.component import SLOTS, Part, shown
from evo.design.faults import Fault, brief
from evo.design.parameter import AGENTS, Parameter, Value, is_active
from evo.document import DESIGN_FILES, read
from evo.errors import one_of

DESIGN = DESIGN_FILES[0]
"""Where a design is written."""

OPEN = "workflow.py"
"""A workflow of the candidate's own, as a component of that slot."""

_PLAIN_TEXT = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_OTHER_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
"""What a reader of YAML, of whichever version, may take for something other than text."""


@dataclass(frozen=True, slots=True)
class Change:
    """How two designs differ in one place: a slot, ``slot.parameter`` or a file."""

    where: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.where}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


def document_of(files: Mapping[str, str]) -> tuple[dict[str, Any], Any, list[Fault]]:
    """What stands under ``slots``, slot -> node, what under ``budget``, and what is wrong with the file."""
    found = [name for name in DESIGN_FILES if name in files]
    if len(found) != 1:
        rule = f"a design has one {' or '.join(DESIGN_FILES)}, got {', '.join(found) or 'none'}"
        return {}, None, [Fault(DESIGN, rule, f"Write its slots to {DESIGN} alone.")]
    (name,) = found
    try:
        document = read(name, files[name])
    except ValueError as error:
        return {}, None, [Fault(name, f"it must be readable: {error}", "Correct the line.")]
    if not isinstance(document, dict) or not isinstance(document.get("slots"), dict):
        return {}, None, [Fault(name, "a design is a mapping with a mapping 'slots'", "Begin with: slots:")]
    faults = [
        Fault(name, f"no key {brief(key)} beside 'slots' and '{BUDGET}'", "Take it out.")
        for key in document
        if key not in ("slots", BUDGET)
    ]
    slots = document["slots"]
    assert isinstance(slots, dict)  # noqa: S101  checked above
    return slots, document.get(BUDGET), faults


def read_part(slot: str, node: Any, catalogue: Catalogue) -> tuple[Part | None, list[Fault]]:
    """The component and all its values that stand in `slot`, defaults filled in, and what is wrong with them."""
    use, given = _split(node)
    if isinstance(node, dict) and "use" not in node:
        rule = f"a mapping names its component under 'use', got {shown(', '.join(node)) or 'nothing'}"
        return None, [Fault(slot, rule, f"Choices: {', '.join(catalogue.names(slot))}.")]
    if slot == "workflow" and use == OPEN:
        faults = [Fault(slot, f"{OPEN} has no parameters, got {shown(key)}", "Take it out.") for key in given]
        return Part(OPEN), faults
    names = catalogue.names(slot)
    if use not in names:
        choices = [*names, OPEN] if slot == "workflow" else names
        return None, [Fault(slot, f"there is no component {brief(use)}", one_of(use[:60], list(choices)))]
    parameters = {one.name: one for one in catalogue.parameters(slot, use)}
    faults = [_unknown(slot, use, key, list(parameters)) for key in given if key not in parameters]
    values: dict[str, Value] = {}
    for name, parameter in parameters.items():
        if not is_active(parameter, values):
            if name in given:
                rule = f"{name} counts only with {parameter.when.replace('=', ': ')}"
                faults.append(
                    Fault(slot, rule, f"Take {name} out, or set {parameter.when.partition('=')[0]}.")
                )
            continue
        try:
            value = parameter.read(given[name]) if name in given else parameter.default
        except ValueError as error:
            faults.append(
                Fault(slot, f"{name} of {use} must be {error}", f"Its default is {shown(parameter.default)}.")
            )
        else:
            if not catalogue.is_left_out(slot, name, value):
                values[name] = value
    return Part(use, values), faults


def normal(slot: str, use: str, values: Mapping[str, Value], catalogue: Catalogue) -> Part:
    """A part with the values of those parameters that count, in their order, the defaults where none is given."""
    kept: dict[str, Value] = {}
    for parameter in catalogue.parameters(slot, use) if use != OPEN else ():
        if is_active(parameter, kept):
            value = values.get(parameter.name, parameter.default)
            if not catalogue.is_left_out(slot, parameter.name, value):
                kept[parameter.name] = value
    return Part(use, kept)


def active(slot: str, part: Part, catalogue: Catalogue) -> list[tuple[Parameter, Value]]:
    """The parameters of a design's part that count, with their values, those included that are not written."""
    if part.use == OPEN:
        return []
    parameters = [
        one
        for one in catalogue.parameters(slot, part.use)
        if is_active(one, part.values) and (one.when not in AGENTS or one.name in part.values)
    ]
    return [(one, part.values.get(one.name, one.default)) for one in parameters]


def parts_of(files: Mapping[str, str]) -> dict[str, Part] | None:
    """The slots as they are written, unchecked and without defaults; None if it is no design that can be read."""
    slots, _, faults = document_of(files)
    if faults:
        return None
    found = {}
    for slot in sorted(slots, key=lambda slot: (SLOTS.index(slot) if slot in SLOTS else len(SLOTS), slot)):
        use, values = _split(slots[slot])
        found[slot] = Part(use, values)
    return found


def budget_of(files: Mapping[str, str]) -> Limits:
    """The budget as it is written, as far as it can be read; empty if there is none."""
    return read_budget(document_of(files)[1])[0]


def written(parts: Mapping[str, Part], budget: Limits) -> str:
    """The text of a design's file: all slots in order, a line each, every value spelled out in one way."""
    lines = ["slots:"]
    for slot in SLOTS:
        if slot in parts:
            part = parts[slot]
            inside = "".join(f", {name}: {_spelled(value)}" for name, value in part.values.items())
            use = _spelled(part.use)
            lines.append(f"  {slot}: {{use: {use}{inside}}}" if inside else f"  {slot}: {use}")
    if budget:
        limits = ", ".join(f"{name}: {_spelled(budget[name])}" for name in LIMITS if name in budget)
        lines.append(f"{BUDGET}: {{{limits}}}")
    return "\n".join(lines) + "\n"


def changes(
    a: Mapping[str, Part], b: Mapping[str, Part], texts_a: Mapping[str, str], texts_b: Mapping[str, str]
) -> tuple[Change, ...]:
    """How `b` differs from `a`: components, parameters of those that stayed, files beside the slots.

    A budget is compared like a part, see `with_budget`.
    """
    found: list[Change] = []
    for slot in dict.fromkeys((*a, *b)):
        one, other = a.get(slot), b.get(slot)
        if one is None or other is None or one.use != other.use:
            found.append(Change(slot, str(one or ""), str(other or ""))) if one != other else None
            continue
        for name in dict.fromkeys((*one.values, *other.values)):
            before, after = one.values.get(name), other.values.get(name)
            if before != after:
                found.append(
                    Change(f"{slot}.{name}", *("" if x is None else shown(x) for x in (before, after)))
                )
    paths = [path for path in sorted({*texts_a, *texts_b}) if texts_a.get(path) != texts_b.get(path)]
    files = (Change(path, _size(texts_a.get(path)), _size(texts_b.get(path))) for path in paths)
    return (*found, *files)


def with_budget(parts: Mapping[str, Part], budget: Limits) -> dict[str, Part]:
    """`parts` and, beside them, the budget in the form of one."""
    return {**parts, BUDGET: Part("", budget)}


def described(found: Sequence[Change]) -> str:
    """Changes in one line, for a note."""
    return "; ".join(map(str, found))


def _split(node: Any) -> tuple[str, dict[str, Any]]:
    """A component's name, whatever the syntax makes of it, and what stands beside it."""
    if isinstance(node, dict):
        use = node.get("use")
        return str(use) if isinstance(use, dict) else _split(use)[0], {
            key: value for key, value in node.items() if key != "use"
        }
    if node is None:
        return "none", {}
    return str(node).lower() if isinstance(node, bool) else str(node), {}


def _unknown(slot: str, use: str, key: str, names: list[str]) -> Fault:
    rule = f"{use} has no parameter {brief(key)}"
    return Fault(slot, rule, one_of(key[:60], names) if names else "It has none.")


def _size(text: str | None) -> str:
    if text is None:
        return ""
    n = len(text.splitlines())
    return f"a text of {n} line{'' if n == 1 else 's'}"


def _spelled(value: Value) -> str:
    """A value as YAML of any version reads it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        number, e, power = repr(value).partition("e")
        return number if not e else f"{number if '.' in number else number + '.0'}e{power}"
    if _PLAIN_TEXT.fullmatch(value) and value.lower() not in _OTHER_WORDS:
        return value
    return '"' + "".join(map(_letter, value)) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    code = ord(letter)
    if 0x20 <= code < 0x7F or (0xA0 <= code < 0x2000) or (0x2030 <= code < 0xD800) or 0xE000 <= code < 0xFE00:
        return letter
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
