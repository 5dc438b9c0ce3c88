"""Functions and types in languages with braces: enough to put one in the place of another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

SUFFIXES = frozenset(
    [
        ".c",
        ".h",
        ".cc",
        ".cpp",
        ".cxx",
        ".hpp",
        ".cu",
        ".cuh",
        ".cl",
        ".js",
        ".mjs",
        ".cjs",
        ".jsx",
        ".ts",
        ".tsx",
        ".java",
        ".go",
        ".rs",
        ".cs",
        ".swift",
        ".kt",
        ".scala",
        ".php",
        ".zig",
        ".d",
    ]
)

_NAME = r"([A-Za-z_$][\w$]*)"
_HEADERS = (
    re.compile(rf"\b(?:struct|class|enum|interface|trait|impl|union)\s{{1,4}}{_NAME}"),
    re.compile(
        rf"\b(?:const|let|var)\s{{1,4}}{_NAME}\s{{0,4}}=\s{{0,4}}(?:async\b|function\b|\(|\w{{1,40}}\s{{0,4}}=>)"
    ),
    re.compile(rf"(?<![\w$]){_NAME}\s{{0,4}}\("),
)
_SIGN = re.compile(r"\\.|'(?:\\.|[^'\\]){1,3}'|//|/\*|\*/|[\"`{}]")
_WIDEST = 300  # letters of a line in which a header is looked for
_LOOK = 8  # lines that a header may take before its body opens
_NO_NAMES = frozenset(
    [
        "if",
        "for",
        "while",
        "switch",
        "catch",
        "return",
        "else",
        "do",
        "sizeof",
        "function",
        "new",
        "throw",
        "await",
        "typeof",
        "match",
        "loop",
        "assert",
        "static_assert",
    ]
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A function or a type: its name, its lines (`end` is not included), and how deep it is nested."""

    name: str
    start: int
    end: int
    depth: int


def pieces(lines: Sequence[str]) -> list[Piece]:
    """The functions and types of `lines`, outer ones before those inside of them."""
    depths = _depths(lines)
    found: list[Piece] = []
    waiting: list[tuple[int, Piece]] = []  # where its body opens, and the piece, whose end is not known yet
    for number, line in enumerate(lines):
        name = _header(line)
        opening = _opening(lines, depths, number) if name else None
        if opening is not None:
            waiting.append((opening, Piece(name, number, 0, depths[number])))
        while waiting and waiting[-1][0] <= number and depths[number + 1] <= waiting[-1][1].depth:
            found.append(replace(waiting.pop()[1], end=number + 1))
    return sorted(found, key=lambda piece: piece.start)


def _header(line: str) -> str:
    """The name of what begins on `line`, or empty."""
    if line.lstrip().startswith(("template", "//", "#", "*")):
        return ""  # its parameters are no types, and a comment is no code
    for pattern in _HEADERS:
        match = pattern.search(line[:_WIDEST])
        if match is not None:
            return "" if match.group(1) in _NO_NAMES else match.group(1)
    return ""


def _opening(lines: Sequence[str], depths: Sequence[int], start: int) -> int | None:
    """The line on which the body of what begins at `start` opens."""
    for number in range(start, min(start + _LOOK, len(lines))):
        if depths[number + 1] > depths[start] or "{" in lines[number]:
            return number
        if ";" in lines[number]:
            return None
    return None


def balanced(lines: Sequence[str]) -> bool:
    """Whether as many braces are closed as are opened."""
    return not lines or _depths(lines)[-1] == 0


def _depths(lines: Sequence[str]) -> list[int]:
    """How many braces are open before each line, and behind the last; those in strings and comments do not count."""
    depths, depth, inside = [0], 0, ""
    for line in lines:
        for sign in _SIGN.findall(line):
            if inside:
                inside = "" if sign == inside else inside
            elif sign == "//":
                break
            elif sign == "/*":
                inside = "*/"
            elif sign in ('"', "`"):
                inside = sign
            else:
                depth += (sign == "{") - (sign == "}")
        if inside not in ("*/", "`"):
            inside = ""  # other strings end with their line
        depths.append(max(depth, 0))
    return depths
