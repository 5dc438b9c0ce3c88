"""What a candidate changed against its parent: which lines, what went and what came, and by how much a number moved."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

MARKS = 48
"""Places of each of three bags: tokens that went, that came, and that stayed in lines that changed."""

EDIT = (
    *("lines gone", "lines come", "begins at", "ends at", "marks gone", "marks come", "set to itself"),
    *("numbers gone", "numbers come", "number moved", "number moved far", "names touched"),
)
"""Names of the numbers that say how much was changed, and where."""

GROUPS = ("line", "name", "mark")
"""Kinds of places that an edit touches: a line of the parent, what begins a line, and a token that went or came."""

_MOST_LINES, _MOST_NAMES, _MOST_MARKS = 6, 6, 16

_TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|[^\s\w]")

_TO_ITSELF = re.compile(r"\s*([^\W\d]\w*) = \1$")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    Attributes:
        numbers: ``[len(EDIT)]`` float32.
        marks: ``[3 * MARKS]`` float16: ``log(1 + count)`` of the tokens that went, came and stayed, hashed.
        places: for each of `GROUPS` the hashes of what was touched.
    """

    numbers: np.ndarray
    marks: np.ndarray
    places: tuple[tuple[int, ...], ...]


NO_EDIT = Edit(np.zeros(len(EDIT), np.float32), np.zeros(3 * MARKS, np.float16), ((),) * len(GROUPS))
"""Of a candidate without known parents."""


def lines_of(text: str, slots: Mapping[str, str | float]) -> list[str]:
    """The lines that are compared: of the text, then one for each slot of a design."""
    return [*text.split("\n"), *(f"{slot} = {value}" for slot, value in sorted(slots.items()))]


def edit_of(before: Sequence[str], after: Sequence[str]) -> Edit:
    """What changed from the lines `before` to the lines `after`."""
    first, from_end = _common(before, after)
    old, new = before[first : len(before) - from_end], after[first : len(after) - from_end]
    old_counts, new_counts = Counter(old), Counter(new)
    gone = [line for line in old if old_counts[line] > new_counts[line]]
    come = [line for line in new if new_counts[line] > old_counts[line]]
    had, has = _tokens(gone), _tokens(come)
    went, came, stayed = had - has, has - had, had & has
    names = sorted({(_TOKEN.findall(line) or [""])[0] for line in (*gone, *come)})
    numbers = [
        len(gone),
        len(come),
        first / max(len(before), 1),
        (len(before) - from_end) / max(len(before), 1),
        sum(went.values()),
        sum(came.values()),
        sum(_TO_ITSELF.match(line) is not None for line in come),
        *_moved(went, came),
        len(names),
    ]
    marks = np.concatenate([_bag(counts) for counts in (went, came, stayed)])
    where = gone[:_MOST_LINES] or list(before[first : first + 1])
    touched = [f"- {token}" for token in sorted(went) if not _is_number(token)][: _MOST_MARKS // 2]
    touched += [f"+ {token}" for token in sorted(came) if not _is_number(token)][: _MOST_MARKS // 2]
    places = (
        tuple(_hash(f"line {line.strip()}") for line in where),
        tuple(_hash(f"name {name}") for name in names[:_MOST_NAMES]),
        tuple(_hash(f"mark {mark}") for mark in touched),
    )
    return Edit(np.array(numbers, np.float32), marks.astype(np.float16), places)


def _common(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and of the rest at the end."""
    most, first = min(len(before), len(after)), 0
    while first < most and before[first] == after[first]:
        first += 1
    from_end = 0
    while from_end < most - first and before[-1 - from_end] == after[-1 - from_end]:
        from_end += 1
    return first, from_end


def _tokens(lines: Sequence[str]) -> Counter[str]:
    return Counter(token for line in lines for token in _TOKEN.findall(line))


def _moved(went: Counter[str], came: Counter[str]) -> tuple[float, float, float, float]:
    """Counts of numbers that went and came; where it is one for one, logarithm of their ratio and its size."""
    old = [token for token in went if _is_number(token)]
    new = [token for token in came if _is_number(token)]
    ratio = 0.0
    if len(old) == len(new) == 1:
        ratio = math.log(_value(new[0]) + 1e-3) - math.log(_value(old[0]) + 1e-3)
    return len(old), len(new), ratio, abs(ratio)


def _value(token: str) -> float:
    return min(float(token), 1e30)


def _is_number(token: str) -> bool:
    return token[0].isdecimal() and token.isascii()


def _bag(counts: Counter[str]) -> np.ndarray:
    found = np.zeros(MARKS, np.float32)
    for token, count in counts.items():
        found[_hash("#" if _is_number(token) else token) % MARKS] += math.log1p(count)
    return found


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
