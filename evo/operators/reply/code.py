"""Makes code out of what a reply gives as code: prompts, line numbers and prose taken off."""

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evo.operators.reply.layout import levelled
from evo.operators.reply.outcome import Effort
from evo.operators.reply.page import trimmed

_NUMBERED = re.compile(r"\s{0,6}(\d{1,5})(?:\s{0,3}[:|│.)]\s?|\t| {2})(.*)$|\s{0,6}(\d{1,5})\s{0,2}[:|│]?$")
_PROMPT = re.compile(r"\s{0,8}(?:>>>|\.\.\.)(?: |$)")
_PYTHON = re.compile(
    r"(?:import\s|from\s+[\w.]+\s+import\b|(?:async\s+)?def\s+\w+|class\s+\w+|@\w|#|\"\"\"|'''|[\w.,\s\[\]]{1,60}(?::[^=]{1,40})?[-+*/]?=[^=]|return\b|for\s.+:|if\s.+:|while\s.+:)"
)
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Parsed:
    """Python code.

    Attributes:
        lines: its lines, levelled.
        tree: its syntax tree.
        whole: False where something at the end was left out because it does not parse.
    """

    lines: list[str]
    tree: ast.Module
    whole: bool = True


class Broken(ValueError):
    """The lines are no Python program.

    Attributes:
        line: number of the line that stops it, from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def parse(text: str, effort: Effort, *, compiles: bool = False) -> ast.Module:
    """The syntax tree of `text`; with `compiles` it also passes the compiler, which sees more and takes longer.

    Raises:
        Broken: it does not.
    """
    if not effort.allows(2 * len(text)):
        raise Broken("the reply is too large to be read", 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # such as "is" with a literal: the judge will see what it is worth
            tree = ast.parse(text)
            if compiles:
                compile(tree, "candidate", "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Broken(error.msg, error.lineno or 1) from None
    except (RecursionError, MemoryError):
        raise Broken("nested too deeply", 1) from None
    except ValueError as error:  # null bytes, lone surrogates
        raise Broken(str(error).split(":", maxsplit=1)[0], 1) from None
    return tree


def parsed(lines: Sequence[str], effort: Effort, *, cut: bool = False, prose: bool = False) -> Parsed:
    """`lines` as Python code, whatever they are wrapped in.

    Args:
        lines: the code.
        effort: what parsing may cost.
        cut: whether the end may be missing: then complete statements before it are enough.
        prose: whether prose may stand around the code.

    Raises:
        Broken: no Python code can be made of them.
    """
    lines = levelled(unprompted(unnumbered(trimmed(lines))))
    first = 0
    if prose:
        first = next((number for number, line in enumerate(lines) if _PYTHON.match(line)), len(lines))
        lines = lines[first:]
    try:
        return Parsed(lines, parse("\n".join(lines) + "\n", effort))
    except Broken as error:
        if not (cut or prose) or not lines:
            raise
        problem = error
    end = problem.line - 1
    for _ in range(_TRIES):
        end = _statement_start(lines, min(end, len(lines) - 1))
        if end <= 0:
            break
        try:
            return Parsed(lines[:end], parse("\n".join(lines[:end]) + "\n", effort), whole=prose and not cut)
        except Broken as error:
            end = min(error.line - 1, end - 1)
    raise problem


def unnumbered(lines: Sequence[str]) -> list[str]:
    """`lines` without the numbers in front, if nearly all of them have one and these count up."""
    full = [line for line in lines if line.strip()]
    if len(full) < 2 or not full[0].lstrip()[:1].isdigit():
        return list(lines)
    matches = [_NUMBERED.match(line) for line in full]
    numbers = [int(match.group(1) or match.group(3)) for match in matches if match]
    if len(numbers) < len(full) or any(not 1 <= b - a <= 3 for a, b in pairwise(numbers)):
        return list(lines)
    return [match.group(2) or "" if (match := _NUMBERED.match(line)) else line for line in lines]


def unprompted(lines: Sequence[str]) -> list[str]:
    """`lines` without the ``>>>`` of an interactive session, and without what it printed."""
    if not any(line.lstrip().startswith(">>> ") for line in lines[:1]):
        return list(lines)
    return [line.lstrip()[4:] for line in lines if _PROMPT.match(line)]


def _statement_start(lines: Sequence[str], end: int) -> int:
    """The last line up to `end` that stands at the margin and begins something."""
    while end > 0 and (not lines[end].strip() or lines[end][0] in " \t)]}"):
        end -= 1
    while end > 0 and lines[end - 1].startswith("@"):
        end -= 1
    return end
