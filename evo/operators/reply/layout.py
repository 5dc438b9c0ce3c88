"""Indentation: what it is, and how lines get that of another place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import gcd


def indentation(line: str) -> str:
    """The white space that `line` begins with."""
    return line[: len(line) - len(line.lstrip())]


def unit(lines: Sequence[str]) -> str:
    """What one level is indented by: a tab, or the number of spaces that most lines' steps have; four if unknown."""
    steps: Counter[str] = Counter()
    before = ""
    for line in lines:
        if not line.strip():
            continue
        here = indentation(line)
        if len(here) > len(before) and here.startswith(before):
            steps[here[len(before) :]] += 1
        before = here
    if not steps:
        return "    "
    if steps.most_common(1)[0][0][0] == "\t":
        return "\t"
    widths = [len(step) for step in steps if step.strip(" ") == ""]
    return " " * (min(gcd(*widths) if gcd(*widths) > 1 else min(widths), 8) if widths else 4)


def levelled(lines: Sequence[str]) -> list[str]:
    """`lines` without the indentation that all of them share."""
    full = [indentation(line) for line in lines if line.strip()]
    if not full:
        return list(lines)
    low, high = min(full), max(full)
    shared = 0
    while shared < len(low) and low[shared] == high[shared]:
        shared += 1
    return [line[shared:] if line.strip() else "" for line in lines]


def indented(lines: Sequence[str], prefix: str) -> list[str]:
    """`lines` with `prefix` before each that is not blank."""
    return [prefix + line if line.strip() else "" for line in lines]


def in_units(lines: Sequence[str], of: str) -> list[str]:
    """`lines`, levelled, with each level indented by `of` in place of their own unit."""
    own = unit(lines)
    if own == of or not any(indentation(line) for line in lines):
        return list(lines)
    changed = []
    for line in lines:
        here = indentation(line)
        width = here.count("\t") * len(own) + here.count(" ") if own != "\t" else 0
        levels, rest = (
            (len(here.replace(" ", "")), here.count(" ")) if own == "\t" else divmod(width, len(own))
        )
        changed.append(of * levels + " " * rest + line[len(here) :])
    return changed


def moved(lines: Sequence[str], places: Mapping[str, str], own: str, of: str) -> list[str]:
    """`lines` with their indentation translated by `places`, which maps known ones of theirs to where they belong.

    An indentation that is not known hangs from the longest known one that it begins with; what it has
    more of is counted in levels of `own` and written in levels of `of`.
    """
    if all(here == there for here, there in places.items()) and places:
        return list(lines)
    changed = []
    for line in lines:
        here = indentation(line)
        if not line.strip():
            changed.append("")
            continue
        below = [known for known in places if here.startswith(known)]
        if below:
            known = max(below, key=len)
            levels, rest = divmod(len(here) - len(known), len(own))
            changed.append(places[known] + of * levels + " " * rest + line[len(here) :])
            continue
        above = [known for known in places if known.startswith(here)]
        if above:  # it stands further out than all that is known
            known = min(above, key=len)
            lacking = (len(known) - len(here) + len(own) - 1) // len(own) * len(of)
            changed.append(places[known][: max(0, len(places[known]) - lacking)] + line[len(here) :])
        else:
            changed.append(line)
    return changed
