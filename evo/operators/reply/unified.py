"""Unified diffs, as models write them: counts and line numbers wrong, headers missing, blanks lost."""

import re
from collections.abc import Collection, Sequence

from evo.operators.reply.blocks import Swap
from evo.operators.reply.fences import is_fence
from evo.operators.reply.names import path_in
from evo.operators.reply.page import trimmed

_HUNK = re.compile(r"\s{0,8}@@(?:\s{0,3}-(\d{1,7})(?:,\d{1,7})?\s{0,3}\+\d{1,7}(?:,\d{1,7})?\s{0,3}(?:@@)?)?")
_HEADER = re.compile(
    r"(?:---|\+\+\+|diff |index |new file|deleted file|similarity |rename |old mode|new mode)"
)


def hunks(lines: Sequence[str], known: Collection[str], cut: bool) -> list[Swap]:
    """Every hunk of the diffs in the reply `lines`, in order.

    A hunk begins at ``@@`` or behind the file headers, and ends at the next one, at a fence or with
    the reply. If that was cut off, its last hunk is left out.

    Args:
        lines: the reply.
        known: the paths of the parent.
        cut: whether the reply was cut off.
    """
    found: list[Swap] = []
    name, hint, start = "", None, -1
    body: list[str] = []
    for number, line in enumerate(lines):
        is_header = _HEADER.match(line) is not None and _is_header(lines, number)
        opened = _HUNK.match(line)
        if not (is_header or opened or is_fence(line)):
            body.append(line)
            continue
        _finish(found, (name, hint), body if start >= 0 else [], start, number)
        body = []
        if opened:
            hint, start = int(opened.group(1)) - 1 if opened.group(1) else None, number
            rest = line[opened.end() :]
            if opened.group(1) is None and rest.strip(" @") and not rest.lstrip(" @")[:1].isdigit():
                body = []  # "@@ def f():" says where, in words
        elif is_header:
            hint, start = None, number
            name = _path(line, known) or ("" if line.startswith("---") else name)
        else:
            named = line.strip(" `~").lower() in ("diff", "patch", "udiff")
            hint, start = None, number if named else -1
            name = name if named else ""
    if start >= 0 and not cut:
        _finish(found, (name, hint), body, start, len(lines))
    return found


def _is_header(lines: Sequence[str], number: int) -> bool:
    """Whether the line is a header and not one that is taken out or put in."""
    line = lines[number]
    after = lines[number + 1] if number + 1 < len(lines) else ""
    if line.startswith("--- "):
        return after.startswith("+++") or _path(line, ()) != ""
    if line.startswith("+++ "):
        return number > 0 and (lines[number - 1].startswith("---") or after.startswith("@@"))
    return not line.startswith(("---", "+++"))


def _path(line: str, known: Collection[str]) -> str:
    if not line.startswith(("---", "+++")):
        return ""
    written = line[3:].split("\t", maxsplit=1)[0].strip()
    if written == "/dev/null":
        return ""
    plain = written[2:] if written[:2] in ("a/", "b/") else written
    return path_in(plain, known)


def _finish(
    found: list[Swap], head: tuple[str, int | None], body: Sequence[str], start: int, end: int
) -> None:
    """Adds the hunk with these lines, if it changes something; `head` is its file and its first line there."""
    body = [line for line in trimmed(body) if not line.startswith("\\")]
    if not any(line[:1] in "+-" for line in body if line):
        return
    bare = not any(line.startswith(" ") for line in body if line.strip())
    search = [_content(line, bare) for line in body if line[:1] != "+"]
    replace = [_content(line, bare) for line in body if line[:1] != "-"]
    found.append(Swap(head[0], tuple(search), tuple(replace), start, end, "hunk", head[1]))


def _content(line: str, bare: bool) -> str:
    """The line without its sign; `bare` if context lines lost theirs."""
    if line[:1] in ("+", "-"):
        return line[1:]
    return line if bare else line.removeprefix(" ")
