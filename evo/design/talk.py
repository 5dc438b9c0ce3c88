"""How models that only write text ask for a tool: what a prompt says about it, and how the wish is read.

Small models keep to one short line better than to nested JSON, so that is what they are asked for; what they
write all the same (fenced JSON, ``name(argument=...)``, single quotes, prose around it) is understood too.

Example::

    prompt = f"{question} {offered(specs)}"
    call = wanted(await model.ask(prompt), specs)
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evo.design.contracts import Call, Spec
from evo.design.replies import LONGEST

WORD = "CALL"
"""What a line begins with that asks for a tool."""

MOST = 20
"""Places of a reply that are tried as the beginning of JSON."""

_LINE = re.compile(
    rf"^[\s>*`-]*(?:{WORD}\b|{WORD.capitalize()}:|{WORD.lower()}:)[\s:*`]*(?P<name>[A-Za-z_][\w.-]*)[ \t*`]*",
    re.M,
)
_WITHIN = re.compile(rf"\b{WORD}[ \t]+(?P<name>[A-Za-z_][\w.-]*)[ \t]*(?=[({{])")
_SAID = re.compile(rf"\b{WORD}[ \t:*`]+(?P<name>[A-Za-z_][\w.-]*)[ \t*`]*(?=[({{])", re.I)
_BARE = re.compile(r"^[\s>*`-]*(?P<name>[A-Za-z_][\w.-]*)[ \t]*(?=[({])", re.M)
_FUNCTION = re.compile(r"^[\s>*`-]*(?P<name>[A-Za-z_]\w*)\((?P<inside>.*)\)[`;.\s]*$", re.M)
_LONE = re.compile(
    r"\{\s*[\"']?(?P<name>\w+)[\"']?\s*:\s*(?P<quote>[\"'])(?P<text>.*?)(?P=quote)\s*\}[ \t`*.;]*(?:\n|\Z)",
    re.S,
)
_ESCAPE = re.compile(r"\\([nrt\"'\\/])")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_NAMES = ("name", "tool", "tool_name", "function", "action")
_ARGUMENTS = ("arguments", "args", "parameters", "input", "action_input")
_CONSTANTS = {"true": True, "false": False, "null": None}


def offered(specs: Sequence[Spec]) -> str:
    """What a prompt says about tools: a line for each, and how to ask for one; empty if there are none."""
    if not specs:
        return ""
    lines = [_shown(spec) for spec in specs]
    example = next((spec for spec in specs if spec.arguments), specs[0])
    form = json.dumps(dict.fromkeys(example.arguments, "..."))
    return "\n".join(
        [
            "Tools:",
            *lines,
            "To use a tool, end your reply with one line of this form:",
            f"{WORD} {example.name} {form}",
        ]
    )


def spelled(call: Call) -> str:
    """A call as `wanted` reads it, without its first word; an action of the world stands for itself."""
    if not call.arguments:
        return call.name
    return f"{call.name} {json.dumps(dict(call.arguments), ensure_ascii=False, default=str)}"


def wanted(text: str, specs: Sequence[Spec] = ()) -> Call | None:
    """The first tool that a reply asks for; None if it asks for none.

    Args:
        text: what a model wrote, whatever it is.
        specs: the tools there are. With them arguments may be given without their names, and what looks like
            a call counts only if it names one of them; a line that begins with `WORD` always counts.
    """
    text = text[:LONGEST]
    for way in (_from_line, _from_json, _from_function):
        call = way(text, specs)
        if call is not None:
            return call
    return None


def _shown(spec: Spec) -> str:
    inside = ", ".join(f"{name}: {meaning}" if meaning else name for name, meaning in spec.arguments.items())
    return f"- {spec.name}({inside}): {spec.purpose}" if spec.purpose else f"- {spec.name}({inside})"


def _from_line(text: str, specs: Sequence[Spec]) -> Call | None:
    """``CALL name {"argument": ...}``, or with parentheses, or with the argument as it is.

    The word may be missing before the name of a tool that there is, and stand within a line before brackets,
    in small letters too if the tool is one that there is.
    """
    loose = (one for form in (_SAID, _BARE) for one in form.finditer(text) if _is_listed(one["name"], specs))
    found = _LINE.search(text) or _WITHIN.search(text) or next(loose, None)
    if found is None:
        return None
    name, rest = _known(found["name"].rstrip(".-"), specs), text[found.end() :]
    if rest[:1] == "(":
        inside = _enclosed(rest, "(", ")")
        return Call(name, _keywords(inside, _arguments_of(name, specs)) or {})
    begin = rest.lstrip()
    if begin[:1] == "{":
        value = _json_at(begin)
        return Call(name, value if isinstance(value, dict) else _lone(begin, name, specs))
    line = rest.partition("\n")[0].strip(" `*\"'")
    arguments = _arguments_of(name, specs)
    return Call(name, {arguments[0]: line} if line and arguments else {})


def _lone(text: str, name: str, specs: Sequence[Spec]) -> dict[str, str]:
    """The one argument of JSON that is none because its text, such as a program, has quotes that are not escaped."""
    found = _LONE.match(text)
    if found is None or (specs and found["name"] not in _arguments_of(name, specs)):
        return {}
    return {found["name"]: _ESCAPE.sub(lambda one: _ESCAPED.get(one[1], one[1]), found["text"])}


def _from_json(text: str, specs: Sequence[Spec]) -> Call | None:
    """``{"name": ..., "arguments": {...}}``, wherever it stands."""
    for value in _objects(text):
        inner = value.get("function")
        for one in (inner, value) if isinstance(inner, Mapping) else (value,):
            name = next((one[key] for key in _NAMES if isinstance(one.get(key), str)), "")
            if name and _is_known(name, specs):
                return Call(_known(name, specs), _given(one, _arguments_of(name, specs)))
    return None


def _from_function(text: str, specs: Sequence[Spec]) -> Call | None:
    """``name(argument=...)`` on a line of its own."""
    for found in _FUNCTION.finditer(text):
        name = found["name"]
        arguments = _keywords(found["inside"], _arguments_of(name, specs))
        if arguments is not None and _is_known(name, specs):
            return Call(_known(name, specs), arguments)
    return None


def _given(value: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The arguments beside a name: a mapping, a mapping as text, a single value, or whatever else is there."""
    for key in _ARGUMENTS:
        if key not in value:
            continue
        found = value[key]
        if isinstance(found, str) and found.lstrip()[:1] == "{":
            found = _json_at(found.lstrip()) or {}
        if isinstance(found, Mapping):
            return {str(name): one for name, one in found.items()}
        return {names[0]: found} if names else {}
    return {str(name): one for name, one in value.items() if name not in _NAMES}


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """JSON objects of a text, the outer before the inner."""
    place = -1
    for _ in range(MOST):
        place = text.find("{", place + 1)
        if place < 0:
            return
        value = _json_at(text[place:])
        if isinstance(value, dict):
            yield value


def _json_at(text: str) -> Any:
    """The JSON value at the beginning of a text, mended if need be; None if it is none."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]  # lines of a program are not escaped
    except (ValueError, RecursionError):
        pass
    body = "{" + _enclosed(text, "{", "}") + "}"
    body = re.sub(r"\b(?:true|false|null)\b", lambda one: str(_CONSTANTS[one[0]]), body)
    try:
        return ast.literal_eval(re.sub(r",\s*(?=[}\]])", "", body))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def _enclosed(text: str, begin: str, end: str) -> str:
    """What stands between the first bracket and its partner, which may be missing; quotes are heeded."""
    depth, quote, skip = 0, "", False
    for place, letter in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip, quote = letter == "\\", "" if letter == quote else quote
        elif letter in "\"'" and not (letter == "'" and text[place - 1 : place].isalnum()):
            quote = letter
        elif letter == begin:
            depth += 1
        elif letter == end:
            depth -= 1
            if not depth:
                return text[1:place]
    return (text[1:].rstrip(end + " \n") + quote) if quote else text[1:]


def _keywords(inside: str, names: Sequence[str]) -> dict[str, Any] | None:
    """The arguments between parentheses; None if it is no list of arguments that can be read."""
    inside = inside.strip()
    if inside[:1] == "{" and isinstance(value := _json_at(inside), dict):
        return value
    try:
        tree = ast.parse(f"f({inside})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {names[0]: inside.strip("\"'")} if names and inside else None
    if not isinstance(tree, ast.Call) or len(tree.args) > len(names):
        return None
    found = {name: _value(one) for name, one in zip(names, tree.args, strict=False)}
    return found | {one.arg: _value(one.value) for one in tree.keywords if one.arg}


def _value(node: ast.expr) -> Any:
    """A literal's value; of anything else its text, because that is what was meant: ``f(text=hello)``."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        text = ast.unparse(node)
        return _CONSTANTS.get(text, text)


def _is_known(name: str, specs: Sequence[Spec]) -> bool:
    return not specs or any(spec.name.lower() == name.lower() for spec in specs)


def _is_listed(name: str, specs: Sequence[Spec]) -> bool:
    return bool(specs) and _is_known(name, specs)


def _known(name: str, specs: Sequence[Spec]) -> str:
    """The tool's own name, whichever case it was written in."""
    return next((spec.name for spec in specs if spec.name.lower() == name.lower()), name)


def _arguments_of(name: str, specs: Sequence[Spec]) -> list[str]:
    return next((list(spec.arguments) for spec in specs if spec.name.lower() == name.lower()), [])
