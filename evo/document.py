"""Reads a design's YAML or JSON as plain values, safely and quickly, and says when two mean the same.

The text may come from a model. There are no aliases (a few lines of them unfold to gigabytes), no tags,
no key twice, and no more than `MAX_DEPTH` levels. A plain scalar is read as YAML 1.2 reads it: only
``true`` and ``false`` are truth values, ``1e-3`` is a number, and ``on``, ``no`` and ``none`` are text.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

DESIGN_FILES = ("design.yaml", "design.json")
"""Names that a candidate's design goes by; the first that is there counts."""

MAX_DEPTH = 12
"""Levels of lists and mappings."""

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

_INT = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_WORDS: dict[str, Plain] = {"": None, "~": None, "null": None, "true": True, "false": False}


def read(path: str, text: str) -> Plain:
    """The values in `text`: JSON if `path` ends so, else YAML.

    Raises:
        ValueError: it cannot be read; the message is one line and says where.
    """
    if path.endswith(".json"):
        try:
            return _bounded(json.loads(text, object_pairs_hook=_no_key_twice))
        except RecursionError:
            _refuse(f"more than {MAX_DEPTH} levels of lists and mappings")
    return _Builder().build(text)


def canonical(document: Plain) -> str:
    """One text for all spellings of a design: order, ``8`` or ``8.0``, ``none`` or ``{use: none}``."""
    folded = _folded(document)
    if isinstance(folded, dict) and isinstance(folded.get("slots"), dict):
        folded["slots"] = {slot: _part(part) for slot, part in folded["slots"].items()}
    return json.dumps(folded, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _folded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_folded(one) for one in value]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _part(part: Any) -> Any:
    """What stands in a slot; a component without parameters is its name."""
    if isinstance(part, dict):
        return _part(part["use"]) if part.keys() == {"use"} else part
    if part is None:
        return "none"
    return json.dumps(part) if isinstance(part, bool | int | float) else part


class _Builder:
    """Puts values together from a parser's events, without recursion."""

    def __init__(self) -> None:
        self._root: list[Plain] = []
        self._open: list[Any] = [self._root]
        self._keys: list[str | None] = [None]

    def build(self, text: str) -> Plain:
        import yaml  # comes with the configuration; most candidates are no designs

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, loader):
                self._take(type(event).__name__, event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            _refuse(f"no YAML: {error.problem}", None if mark is None else mark.line)
        except yaml.YAMLError as error:
            _refuse(f"no YAML: {' '.join(str(error).split())}")
        return self._root[0] if self._root else None

    def _take(self, kind: str, event: Any) -> None:
        line = event.start_mark.line if event.start_mark else None
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            _refuse("anchors and aliases are not read", line)
        if getattr(event, "tag", None):
            _refuse(f"tags such as {event.tag[:40]} are not read", line)
        if kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind == "MappingStartEvent":
            self._begin({}, line)
        elif kind == "SequenceStartEvent":
            self._begin([], line)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()
            self._keys.pop()
        elif kind == "DocumentStartEvent" and self._root:
            _refuse("there is more than one document", line)

    def _begin(self, new: Any, line: int | None) -> None:
        self._put(new, line)
        self._open.append(new)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH + 1:
            _refuse(f"more than {MAX_DEPTH} levels of lists and mappings", line)

    def _scalar(self, event: Any, line: int | None) -> None:
        if isinstance(self._open[-1], dict) and self._keys[-1] is None:
            if event.value in self._open[-1]:
                _refuse(f"the key {event.value[:40]!r} stands there twice", line)
            self._keys[-1] = event.value
        else:
            self._put(event.value if event.style else _scalar(event.value), line)

    def _put(self, value: Plain, line: int | None) -> None:
        place, key = self._open[-1], self._keys[-1]
        if isinstance(place, list):
            place.append(value)
        elif key is None:
            _refuse("a key is a name, not a list or a mapping", line)
        else:
            place[key] = value
            self._keys[-1] = None


def _scalar(text: str) -> Plain:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) < 400 else float(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _no_key_twice(pairs: Iterable[tuple[str, Plain]]) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key, value in pairs:
        if key in found:
            _refuse(f"the key {key[:40]!r} stands there twice")
        found[key] = value
    return found


def _bounded(value: Plain) -> Plain:
    """`value`, if it has no more than `MAX_DEPTH` levels."""
    level, depth = [value], 0
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        if depth > MAX_DEPTH:
            _refuse(f"more than {MAX_DEPTH} levels of lists and mappings")
        level = [one for node in level for one in (node.values() if isinstance(node, dict) else node)]
    return value


def _refuse(what: str, line: int | None = None) -> NoReturn:
    raise ValueError(what if line is None else f"line {line + 1}: {what}")
