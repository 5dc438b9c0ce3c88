"""SEARCH/REPLACE blocks: conflict markers around the lines to replace and the new ones."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from evo.operators.reply.fences import is_fence
from evo.operators.reply.names import path_in
from evo.operators.reply.page import trimmed

_LEAD = r"\s{0,40}(?:[-*+]\s{1,3}|\d{1,3}[.)]\s{1,3})?[`*_]{0,3}"
_START = re.compile(_LEAD + r"(<{5,9})(?!<)(.{0,200})$")
_MIDDLE = re.compile(_LEAD + r"={5,9}(?!=)[\s*`_]*(?:REPLACE|NEW|WITH)?[\s*`_:]*$", re.IGNORECASE)
_BARE_START = re.compile(r"\s{0,8}[#*_`]{0,4}\s?SEARCH[:*_`]{0,4}\s*$")
_BARE_MIDDLE = re.compile(r"\s{0,8}[#*_`]{0,4}\s?REPLACE(?: WITH)?[:*_`]{0,4}\s*$")
_AHEAD = 200  # lines behind a bare word in which its block has to go on
_END = re.compile(_LEAD + r"(>{5,9})(?!>)(.{0,200})$")


@dataclass(frozen=True, slots=True)
class Swap:
    """An order to put some lines in the place of others.

    Attributes:
        name: the file it is for, as far as the reply says.
        search: the lines to replace; empty where the reply names none.
        replace: the new lines.
        start, end: lines of the reply it takes up.
        kind: what it was written as.
        hint: line of the file, from 0, where it should be, by the reply's own count.
    """

    name: str
    search: tuple[str, ...]
    replace: tuple[str, ...]
    start: int
    end: int
    kind: Literal["search/replace block", "hunk"] = "search/replace block"
    hint: int | None = None


@dataclass(slots=True)
class _Reading:
    """How far a block has been read."""

    start: int
    name: str
    search: list[str]
    replace: list[str] | None = None


def swaps(lines: Sequence[str], known: Collection[str], cut: bool) -> list[Swap]:
    """Every block in the reply `lines`, in order.

    A block ends at its end marker, at the next block, at the fence around it, or with the reply; the
    last of these only if it was not cut off. One without a middle is no block: it says nothing of what
    should become of its lines.

    Args:
        lines: the reply.
        known: the paths of the parent.
        cut: whether the reply was cut off.
    """
    found: list[Swap] = []
    reading: _Reading | None = None
    for number, line in enumerate(lines):
        opened = _START.match(line) or (_bare_start(lines, number) if reading is None else None)
        if opened is not None:
            if (
                reading is not None
                and not any(reading.replace or ())
                and "REPLACE" in opened.group(0).upper()
            ):
                reading.replace = []  # "<<<<<<< REPLACE" in the place of "=======", or behind it
                continue
            _finish(found, reading, number)
            reading = _Reading(
                number, _name(lines, number, opened.group(2) if opened.re is _START else "", known), []
            )
        elif reading is None:
            continue
        elif _MIDDLE.match(line) or (reading.replace is None and _BARE_MIDDLE.match(line)):
            if reading.replace is None:
                reading.replace = []
        elif (closed := _END.match(line)) is not None:
            if reading.replace is None:
                if "SEARCH" not in closed.group(2).upper() and not _more_follows(lines, number):
                    reading = None  # a block without a middle
                    continue
                reading.replace = []  # ">>>>>>> SEARCH" or ">>>>>>> REPLACE" in the place of "======="
                continue
            _finish(found, reading, number + 1)
            reading = None
        elif is_fence(line) and reading.replace:
            _finish(found, reading, number)
            reading = None
        elif not is_fence(line):
            (reading.search if reading.replace is None else reading.replace).append(line)
    if not cut:
        _finish(found, reading, len(lines))
    return found


def has_markers(lines: Sequence[str]) -> bool:
    """Whether a line begins like the start of a block."""
    return any(_START.match(line) for line in lines)


def without_markers(lines: Sequence[str]) -> list[str]:
    """`lines` without those that mark parts of blocks."""
    return [line for line in lines if not (_START.match(line) or _MIDDLE.match(line) or _END.match(line))]


def _bare_start(lines: Sequence[str], number: int) -> re.Match[str] | None:
    """A line with the word alone, if the middle of a block follows."""
    match = _BARE_START.match(lines[number])
    if match is None:
        return None
    for line in lines[number + 1 : number + _AHEAD]:
        if _MIDDLE.match(line) or _BARE_MIDDLE.match(line):
            return match
        if _START.match(line) or _BARE_START.match(line) or _END.match(line):
            break
    return None


def _finish(found: list[Swap], reading: _Reading | None, end: int) -> None:
    if reading is not None and reading.replace is not None:
        search, replace = tuple(trimmed(reading.search)), tuple(trimmed(reading.replace))
        found.append(Swap(reading.name, search, replace, reading.start, end))


def _more_follows(lines: Sequence[str], number: int) -> bool:
    """Whether code follows an end marker, before a fence, another marker or the end of the reply."""
    following = next((line for line in lines[number + 1 : number + 4] if line.strip()), "```")
    return not (is_fence(following) or _START.match(following)) and any(
        _END.match(line) or _MIDDLE.match(line) for line in lines[number + 1 : number + 200]
    )


def _name(lines: Sequence[str], number: int, rest: str, known: Collection[str]) -> str:
    """The file, from what stands behind the marker or on the lines before it."""
    named = path_in(re.sub(r"(?i)\b(?:search|original|head|old|before)\b", "", rest), known)
    if named:
        return named
    before = [line for line in lines[max(0, number - 4) : number] if line.strip()]
    for line in reversed(before[-2:]):
        if _END.match(line):
            return ""
        named = path_in(line, known)
        if named:
            return named
    return ""
