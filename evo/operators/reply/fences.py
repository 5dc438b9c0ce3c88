"""Finds the fenced code of a reply, and the file that each piece is for."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from evo.operators.reply.names import path_in, path_in_comment

_OPEN = re.compile(r"\s{0,40}(?:[-*+>]\s{1,4}|\d{1,3}[.)]\s{1,4})?[*_]{0,3}(`{3,}|~{3,})(.{0,300})$")
_WORD = re.compile(r"[A-Za-z][\w+#.\-]*")

NOT_CODE = frozenset(
    ["bash", "sh", "shell", "console", "output", "log", "terminal", "powershell", "zsh", "cmd"]
)
"""Info strings of what is typed or printed, not of what is proposed."""


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced piece of code.

    Attributes:
        info: the language, in lower case; may be empty.
        name: the file it is for, as far as the reply says.
        lines: its body, without the indentation of the fence itself.
        start, end: lines of the reply it takes up, fences included; `end` is not included.
        closed: whether its end was seen.
    """

    info: str
    name: str
    lines: tuple[str, ...]
    start: int
    end: int
    closed: bool


def fences(lines: Sequence[str], known: Collection[str]) -> list[Fence]:
    """Every fenced piece of the reply `lines`, in order; `known` are the paths of the parent."""
    found: list[Fence] = []
    heading = ""  # a fence that holds nothing but a path names the next one
    number = 0
    while number < len(lines):
        match = _OPEN.match(lines[number])
        if match is None:
            number += 1
            continue
        fence = _read(lines, number, match.group(1), match.group(2).strip(), known)
        number = fence.end
        body = [line for line in fence.lines if line.strip()]
        named = path_in(body[0], known) if len(body) == 1 and " " not in body[0].strip() else ""
        if named:
            heading = named
            continue
        found.append(replace(fence, name=fence.name or heading))
        heading = ""
    return found


def prose(lines: Sequence[str], taken: Sequence[Fence]) -> list[str]:
    """The lines that stand in no fence."""
    inside = {number for fence in taken for number in range(fence.start, fence.end)}
    return [line for number, line in enumerate(lines) if number not in inside]


def is_fence(line: str) -> bool:
    """Whether `line` opens or closes a fence."""
    return _OPEN.match(line) is not None


def _read(lines: Sequence[str], start: int, ticks: str, info: str, known: Collection[str]) -> Fence:
    if info.endswith(ticks) and len(info) > len(ticks):  # all on one line
        body, end, closed, info = [info.removesuffix(ticks).strip()], start + 1, True, ""
    else:
        body, end, closed = _body(lines, start, ticks)
        if info.startswith("{") or (info and not _WORD.match(info)):
            body.insert(0, info)  # code in the place of an info string
            info = ""
    word = _WORD.match(info)
    name = path_in(info.replace(":", " ").replace("=", " "), known) if "." in info else ""
    if not name:
        before = [line for line in lines[max(0, start - 3) : start] if line.strip() and not is_fence(line)]
        name = path_in(before[-1], known) if before else ""
    if not name and body:
        name = path_in_comment(body[0], known)
    return Fence(word.group(0).lower() if word else "", name, tuple(body), start, end, closed)


def _body(lines: Sequence[str], start: int, ticks: str) -> tuple[list[str], int, bool]:
    """What stands in the fence that opens on line `start`, the line behind it, and whether it was closed."""
    body: list[str] = []
    indent = len(lines[start]) - len(lines[start].lstrip())
    for number in range(start + 1, len(lines)):
        line = lines[number]
        match = _OPEN.match(line)
        if match is not None and match.group(1)[0] == ticks[0] and len(match.group(1)) >= len(ticks):
            opens = bool(match.group(2).strip(" *_"))  # another fence: the end of this one was forgotten
            return body, number if opens else number + 1, True
        if line.endswith(ticks) and line.count(ticks) == 1:
            return [*body, line.removesuffix(ticks)], number + 1, True
        body.append(line[indent:] if not line[:indent].strip() else line.lstrip())
    return body, len(lines), False
