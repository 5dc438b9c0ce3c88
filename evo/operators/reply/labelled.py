"""Edit blocks without markers: two fenced pieces, said to be the old lines and the new ones."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from evo.operators.reply.blocks import Swap
from evo.operators.reply.fences import Fence
from evo.operators.reply.page import trimmed

_OLD = re.compile(r"\b(?:search|original|old|before|find|existing|current)\b", re.IGNORECASE)
_NEW = re.compile(
    r"\b(?:replace|replaced|replacement|new|after|with|updated|changed|becomes)\b", re.IGNORECASE
)
_LABELS = ("search", "replace")
_LONGEST = 60


def labelled(lines: Sequence[str], found: Sequence[Fence]) -> list[Swap]:
    """The pairs of fences in the reply `lines` that are said to be the old lines and the new ones.

    The info string says it, or the line before the fence if that is short. Words such as "before" count
    only where the other one of the pair has its own label.
    """
    swaps: list[Swap] = []
    for old, new in pairwise(found):
        if swaps and old.start < swaps[-1].end:
            continue
        if _label(lines, old, 0) == "old" and _label(lines, new, old.end) == "new":
            search, replace = trimmed(old.lines), trimmed(new.lines)
            if search:
                swaps.append(Swap(old.name or new.name, tuple(search), tuple(replace), old.start, new.end))
    return swaps


def _label(lines: Sequence[str], fence: Fence, after: int) -> Literal["old", "new", ""]:
    before = [line for line in lines[max(after, fence.start - 2) : fence.start] if line.strip()]
    opening = lines[fence.start].strip(" `~*>")
    heading = before[-1] if before and len(before[-1]) <= _LONGEST else ""
    for text in (heading, opening if opening.lower().split(" ")[-1] in _LABELS else ""):
        if _NEW.search(text) and not text.lower().strip("*# ").startswith(("search", "find")):
            return "new"
        if _OLD.search(text):
            return "old"
    return ""
