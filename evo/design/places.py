"""Places and what can be done there, as observations tell of them: what memories, explorers and rules share.

Only what holds for any world told in words is known here: a place is named where an observation says "You are
in the kitchen", actions that name a direction or a movement are ways, and opening comes before going.
"""

import re
from collections.abc import Mapping, Sequence

from evo.design.contracts import Spec
from evo.design.replies import spaced

_PLACE = re.compile(r"\byou(?:'re| are)(?: now)? (?:in|at|on|inside) (?:the |an? )?([^.,;:!\n]{1,60})", re.I)
_SIGN = re.compile(
    r"\bto (?:the |your )?(north|south|east|west|left|right)[,:]?(?: you see|:| is| there is| lies) (?:the |an? )?([^.,;:!\n]{1,60})",
    re.I,
)
_LINK = re.compile(r"\bthe ([^.,;:!\n]{1,40}?) connects to (?:the )?([^.;:!\n]{1,200})", re.I)
_WAYS = frozenset(
    [
        "move",
        "go",
        "walk",
        "enter",
        "exit",
        "leave",
        "climb",
        "head",
        "north",
        "south",
        "east",
        "west",
        "left",
        "right",
        "forward",
        "up",
        "down",
        "ahead",
        "upstairs",
        "downstairs",
    ]
)
_UNDOING = frozenset(["close", "shut", "lock"])
_OPENING = frozenset(["open", "unlock"])
_GATES = frozenset({"door", "gate", "hatch"})
_SHUT = re.compile(r"\b(?:closed|locked|shut)\b", re.I)


def place_of(text: str) -> str:
    """The name of the place that an observation tells of; empty if it names none."""
    found = _PLACE.search(text)
    return " ".join(found[1].casefold().split()) if found else ""


def is_way(action: str) -> bool:
    """Whether an action goes somewhere or opens a way."""
    words = action.casefold().split()
    opens = bool(words) and words[0] in _OPENING and not _GATES.isdisjoint(words)
    return opens or (not _WAYS.isdisjoint(words) and not is_undoing(action))


def is_undoing(action: str) -> bool:
    """Whether an action takes back that something was opened."""
    return action.casefold().partition(" ")[0] in _UNDOING


def eagerness(action: str) -> int:
    """In which order new actions are tried: what opens, then ways, then the rest, and last what closes."""
    first = action.casefold().partition(" ")[0]
    if first in _OPENING:
        return 0
    return 3 if first in _UNDOING else 1 if is_way(action) else 2


def signs(text: str) -> dict[str, str]:
    """Direction -> the place that is said to lie there; what is shut says nothing."""
    found = {}
    for direction, place in _SIGN.findall(text):
        if not _SHUT.search(place):
            found[direction.casefold()] = " ".join(place.casefold().split())
    return found


def links(text: str) -> dict[str, list[str]]:
    """Which places are said to be connected, as in "the hall connects to the attic and cellar"."""
    found: dict[str, list[str]] = {}
    for place, others in _LINK.findall(text):
        names = re.split(r",\s*|\s+and\s+", others.casefold())
        found[place.casefold().strip()] = [
            name.removeprefix("the ").strip() for name in names if name.strip()
        ]
    return found


def tried_text(counts: Mapping[str, int]) -> str:
    """What the memories say of actions that were tried here, a line each."""
    return "\n".join(f"Tried here: {action} ({n})" for action, n in counts.items())


_TRIED = re.compile(r"^Tried here: (.+) \((\d+)\)$", re.M)


def tried(text: str) -> dict[str, int]:
    """How often each action was tried here, as a memory says."""
    return {action: int(n) for action, n in _TRIED.findall(text)}


def named(places: Sequence[str], text: str) -> list[str]:
    """Those of the places whose names stand in a text, in the order in which they stand there."""
    plain = spaced(text)
    found = [(plain.find(f" {place} "), -len(place), place) for place in places if place]
    return [place for at, _, place in sorted(found) if at >= 0]


def possible(tools: Sequence[Spec]) -> tuple[str, ...]:
    """The world's actions among what a planner is offered: those without purpose and arguments."""
    return tuple(spec.name for spec in tools if not spec.purpose and not spec.arguments)
