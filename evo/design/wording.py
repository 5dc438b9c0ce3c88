"""What words mean to rules that do without a model: content words, orders, sums and quantities."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "into",
        "on",
        "onto",
        "at",
        "with",
        "from",
        "and",
        "or",
        "it",
        "is",
        "are",
        "be",
        "this",
        "that",
        "these",
        "those",
        "them",
        "their",
        "your",
        "you",
        "then",
    ]
)
_MEANT = {
    "pick": "take",
    "get": "take",
    "grab": "take",
    "gather": "take",
    "collect": "take",
    "place": "put",
    "insert": "put",
    "enjoy": "eat",
    "walk": "go",
    "move": "go",
}
_MEANS = {
    "fry": ("cook", "stove"),
    "roast": ("cook", "oven"),
    "grill": ("cook", "barbeque", "barbecue", "grill"),
}
_UNITS = {
    "mg": 1e-3,
    "g": 1.0,
    "kg": 1e3,
    "t": 1e6,
    "mm": 1e-3,
    "cm": 1e-2,
    "m": 1.0,
    "km": 1e3,
    "ml": 1e-3,
    "l": 1.0,
}
_QUANTITY = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(mg|kg|g|t|mm|cm|km|m|ml|l)?\b")
_SUMS: tuple[tuple[re.Pattern[str], Callable[[float, float], float | None]], ...] = (
    (re.compile(r"\badd (-?\d+) (?:and|to|plus) (-?\d+)"), lambda a, b: a + b),
    (re.compile(r"(-?\d+) (?:\+|plus) (-?\d+)"), lambda a, b: a + b),
    (re.compile(r"\bsubtract (-?\d+) from (-?\d+)"), lambda a, b: b - a),
    (re.compile(r"(-?\d+) (?:-|minus) (-?\d+)"), lambda a, b: a - b),
    (re.compile(r"\bmultiply (-?\d+) (?:and|by|with) (-?\d+)"), lambda a, b: a * b),
    (re.compile(r"(-?\d+) (?:\*|x|times) (-?\d+)"), lambda a, b: a * b),
    (re.compile(r"\bdivide (-?\d+) by (-?\d+)"), lambda a, b: a / b if b else None),
    (re.compile(r"(-?\d+) (?:/|divided by) (-?\d+)"), lambda a, b: a / b if b else None),
)
_SMALLEST = re.compile(r"\b(?:smallest|least|lowest|lightest|shortest|fewest|ascending|increasing)\b", re.I)
_LARGEST = re.compile(
    r"\b(?:largest|most|highest|heaviest|longest|biggest|greatest|descending|decreasing)\b", re.I
)
_PLACE = re.compile(r"\byou(?:'re| are) (?:now )?(?:in|at|on|inside)\b|^inventory\b", re.I | re.M)
_MUST = re.compile(r"\byou (?:must|should|need to|have to|are to)\b", re.I)

FINAL = frozenset(
    [
        "eat",
        "drink",
        "cook",
        "slice",
        "dice",
        "chop",
        "cut",
        "fry",
        "roast",
        "grill",
        "burn",
        "break",
        "throw",
        "destroy",
        "sell",
        "kill",
        "attack",
    ]
)
"""Deeds that cannot be taken back."""


@lru_cache(maxsize=20_000)
def content(text: str) -> tuple[str, ...]:
    """The words that carry meaning, in their order, each by the word that stands for its like."""
    words = re.findall(r"[a-z0-9.]+", text.casefold())
    return tuple(
        _MEANT.get(word, word) for word in (one.strip(".") for one in words) if word and word not in _STOP
    )


@lru_cache(maxsize=20_000)
def meant(text: str) -> frozenset[str]:
    """The content words, and those that they imply: what is fried is cooked, on a stove."""
    words = content(text)
    return frozenset([*words, *(more for word in words for more in _MEANS.get(word, ()))])


def verb(action: str) -> str:
    """The first content word of an action."""
    return next(iter(content(action)), "")


@lru_cache(maxsize=20_000)
def thing(action: str) -> str:
    """What an action is done with: ``take the red key`` and ``put red key in box`` have the same."""
    return " ".join(
        re.split(r"\b(?:in|into|on|onto|to|with|from|at)\b", action.casefold())[0].split()[1:]
    ).removeprefix("the ")


def overlap(action: str, wanted: frozenset[str]) -> float:
    """The share of an action's content words that are wanted."""
    words = content(action)
    return sum(word in wanted for word in words) / len(words) if words else 0.0


def message(seen: str) -> str:
    """What an observation says, without the look of the place and what is carried."""
    found = _PLACE.search(seen)
    return seen[: found.start()] if found else seen


def sentences(text: str) -> Iterator[str]:
    """The parts of a message that may be orders: what is reported of one's own deeds is none."""
    for part in re.split(r"[.:;!?\n,'\"]+", text):
        plain = part.strip()
        if plain and (not plain.casefold().startswith("you ") or _MUST.match(plain)):
            yield plain


def says_to(action: str, sentence: str, whole: frozenset[str]) -> bool:
    """Whether a sentence asks for an action, or names the thing to do it with, as an item of a list.

    Args:
        action: that is possible.
        sentence: part of what was said.
        whole: words meant by all of it.
    """
    words, named = content(action), content(sentence)
    if len(words) < 2 or not named:
        return words == named
    return meant(sentence).issuperset(words) or (named == words[1:] and words[0] in whole)


def is_order(sentence: str, verbs: frozenset[str]) -> bool:
    """Whether a sentence begins with something that can be done."""
    words = content(sentence)
    return bool(words) and (words[0] in verbs or words[0] in _MEANS)


def answer(text: str) -> float | None:
    """The result of the first sum that is asked for; None if there is none."""
    plain = text.casefold()
    for pattern, reckon in _SUMS:
        if found := pattern.search(plain):
            return reckon(float(found[1]), float(found[2]))
    return None


@lru_cache(maxsize=20_000)
def quantity(text: str) -> float | None:
    """The first amount that a text names, in grams, metres or litres, or as a number."""
    found = _QUANTITY.search(text.casefold())
    return None if found is None else float(found[1]) * _UNITS.get(found[2] or "", 1.0)


def order_of(goal: str) -> int:
    """1 if the goal wants the smallest first, -1 if the largest, 0 if it says nothing of it."""
    small, large = _SMALLEST.search(goal), _LARGEST.search(goal)
    if small and (not large or small.start() < large.start()):
        return 1
    return -1 if large else 0
