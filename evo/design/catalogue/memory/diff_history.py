"""Remembers observations by what changed from one to the next, as the Unix tool diff writes it."""

import difflib
import re
from collections import deque

from evo.design.component import Component
from evo.design.contracts import Happening
from evo.design.parameter import Choice, Int

DECLARATION = Component(
    slot="memory",
    name="diff_history",
    purpose="one observation whole, then only what changed from each to the next",
    use="DiffHistory",
    source="Piterbarg, Pinto and Fergus, diff History for Neural Language Agents (2023), arXiv:2312.07540",
    parameters=(
        Int("size", default=12, low=1, high=64, log=True),
        Choice("unit", default="line", choices=("line", "sentence")),
    ),
)

WHOLE, CHANGED, UNCHANGED = "observation:", "changes:", "no change"
"""What an observation begins with."""


class DiffHistory:
    """Every observation that is kept can be made again from what is read, see `patched`.

    Changes that would be longer than the observation are not written: it stands there whole.

    Args:
        size: observations that are kept; the oldest of them stands there whole.
        unit: what is compared. By sentences, runs of white space count as one space.
    """

    def __init__(self, size: int, unit: str) -> None:
        self._unit = unit
        self._kept: deque[tuple[str, list[str]]] = deque(maxlen=size)  # what was seen, and what happened then
        self._first: list[str] = []  # what happened before anything was seen

    async def write(self, event: Happening) -> None:
        """Keeps it; the oldest observation, and what happened until the next, goes if there is no room."""
        if event.kind == "observation":
            if len(self._kept) == self._kept.maxlen:
                self._first = []
            self._kept.append((_laid_out(event.text, self._unit), []))
        else:
            (self._kept[-1][1] if self._kept else self._first).append(f"{event.kind}: {event.text}")

    async def read(self, situation: str) -> str:
        """All that is kept, the latest last."""
        lines = list(self._first)
        before: str | None = None
        for seen, events in self._kept:
            lines += [_told(before, seen), *events]
            before = seen
        return "\n".join(lines)


def changes(before: str, after: str) -> str:
    """A unified diff without context and without names of files; empty if nothing changed."""
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return "\n".join(list(lines)[2:])


def patched(before: str, diff: str) -> str:
    """The text that `changes` was made for.

    Raises:
        ValueError: the diff is none.
    """
    old, new, at = before.split("\n"), list[str](), 0
    for line in diff.split("\n") if diff else []:
        if head := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@", line):
            start, n = int(head[1]), int(head[2] or 1)
            start -= n > 0  # a place where nothing goes is that of the line before
            new += old[at:start]
            at = start + n
        elif line.startswith("+"):
            new.append(line[1:])
        elif not line.startswith("-"):
            raise ValueError(f"a diff has lines that begin with @@, + or -, got {line[:60]!r}")
    return "\n".join(new + old[at:])


def _told(before: str | None, seen: str) -> str:
    if before is None:
        return f"{WHOLE} {seen}"
    if before == seen:
        return UNCHANGED
    diff = f"{CHANGED}\n{changes(before, seen)}"
    whole = f"{WHOLE} {seen}"
    return diff if len(diff) < len(whole) else whole


def _laid_out(text: str, unit: str) -> str:
    """A text with what is compared on a line each."""
    return text if unit == "line" else re.sub(r"(?<=[.!?:;]) ", "\n", " ".join(text.split()))
