"""Code inside of JSON, also where the JSON is not quite well-formed."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from evo.operators.reply.names import path_in

_CODE = (
    "code",
    "program",
    "source",
    "solution",
    "function",
    "content",
    "answer",
    "python",
    "implementation",
    "new_code",
    "text",
    "body",
    "diff",
    "patch",
)
_SEARCH, _REPLACE = (
    ("search", "old", "original", "before", "find"),
    ("replace", "new", "replacement", "updated", "after"),
)
_OPEN = re.compile(
    r'"(?:'
    + "|".join(_CODE)
    + r')"\s{0,10}:\s{0,10}(?:\{\s{0,20}"\w{1,20}"\s{0,10}:\s{0,10})?("""|"|`{1,3}|\'\'\')'
)
_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_AFTER = re.compile(r'\s{0,20}[},]?\s{0,20}(?:[}\]`]|"\w{1,20}"\s{0,5}:|\Z)')
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One text out of JSON: code for the file `name`, or, with `search`, what replaces that."""

    name: str
    text: str
    search: str = ""
    closed: bool = True


def unwrapped(text: str) -> list[Wrapped]:
    """The code in `text`, if `text` is JSON, or means to be; in order."""
    start = text.find("{")
    listed = text.find("[")
    if listed >= 0 and (start < 0 or listed < start) and text[listed + 1 :].lstrip()[:1] == "{":
        start = listed
    if start < 0 or '"' not in text:
        return []
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return _loose(text)
    return list(_walk(value, "", 0))


def _walk(value: object, name: str, depth: int) -> Iterator[Wrapped]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for item in value[:50]:
            yield from _walk(item, name, depth + 1)
    if not isinstance(value, dict):
        return
    low = {str(key).lower(): item for key, item in value.items()}
    name = next(
        (str(low[key]) for key in ("file", "path", "filename", "name") if _is_path(low.get(key))), name
    )
    search, replace = (
        next((low[key] for key in keys if isinstance(low.get(key), str)), None)
        for keys in (_SEARCH, _REPLACE)
    )
    if isinstance(search, str) and isinstance(replace, str):
        yield Wrapped(name, replace, search)
        return
    for key, item in value.items():
        label = str(key).lower()
        if isinstance(item, str) and (label in _CODE or _is_path(key)):
            yield Wrapped(key if _is_path(key) else name, item)
        elif (
            isinstance(item, list) and item and all(isinstance(line, str) for line in item) and label in _CODE
        ):
            yield Wrapped(name, "\n".join(item))
        elif isinstance(item, dict | list):
            yield from _walk(item, key if _is_path(key) else name, depth + 1)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and bool(path_in(value, ()))


def _loose(text: str) -> list[Wrapped]:
    """The code behind ``"code":`` in what no JSON reader takes: triple quotes, bare quotes, cut off."""
    match = _OPEN.search(text)
    if match is None:
        return []
    mark, start = match.group(1), match.end()
    if mark != '"':
        ends = [found.start() for found in re.finditer(re.escape(mark) + r"(?=\s{0,40}[},])", text[start:])]
        end = start + ends[-1] if ends else text.find(mark, start) if text.count(mark, start) == 1 else -1
        return [Wrapped("", text[start:] if end < 0 else text[start:end], closed=end >= 0)]
    end = -1
    for quote in _QUOTE.finditer(text, start):
        if quote.group() == '"' and _AFTER.match(text, quote.end()):
            end = quote.start()
            break
    body = text[start:] if end < 0 else text[start:end]
    for old, new in (("\\n", "\n"), ('\\"', '"'), ("\\t", "\t"), ("\\\\", "\\")):
        body = body.replace(old, new)
    return [Wrapped("", body, closed=end >= 0)]
