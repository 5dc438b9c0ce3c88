"""Reads what a model wrote in answer to a question of a certain form: a list, a mark, a choice, yes or no.

Small models keep to a form only roughly. Nothing here raises; what cannot be read is None or empty, and the
caller says what that means.
"""

import re
from collections import Counter
from collections.abc import Sequence

LONGEST = 20_000
"""Letters of a reply that are looked at: a model that rambles on must not cost seconds."""

_ITEM = re.compile(r"^\s*(?:step\s+)?(?:\d{1,3}\s*[.):]|[-*+•])\s*(.+?)\s*$", re.I)
_FINAL = re.compile(r"\b(?:final\s+)?answer\b(?:\s+is)?\s*[:=]?\s*\**\s*(.+)", re.I)
_CLOSING = re.compile(r"\b(?:final\s+)?answer\b(?:\s+is\b\s*[:=]?|\s*[:=])\s*\**\s*(.+)", re.I)
_NUMBER = re.compile(r"-?\d+(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?|-?\.\d+")
_MARK = re.compile(r"\b(?:score|rating|mark|value|rate)\b[^\d\n-]{0,20}(-?\d+(?:\.\d+)?)", re.I)
_PAIR = re.compile(r"\b(\d{1,2})\s*(?:[:=)\]-]|\.\s)\s*(\d+(?:\.\d+)?)")
_YES = re.compile(r"\b(?:yes|correct|right|true|valid|agree|accept(?:ed)?|pass(?:ed)?)\b", re.I)
_NO = re.compile(
    r"\b(?:no|not|incorrect|wrong|false|invalid|disagree|reject(?:ed)?|fail(?:ed)?|errors?|mistakes?)\b", re.I
)
_ARTICLES = frozenset(("the", "a", "an"))


def listed(text: str, most: int) -> tuple[str, ...]:
    """The items of a list, at most `most`: its numbered or marked lines, or all lines if none is."""
    lines = [line for line in text[:LONGEST].splitlines() if line.strip(" `")]
    items = [found[1] for line in lines if (found := _ITEM.match(line))]
    plain = [line.strip() for line in lines]
    return tuple(item.strip("*` ") for item in (items or plain) if item.strip("*` "))[:most]


def final(text: str) -> str:
    """The answer at the end of a reply: what stands after the last ``Answer:``, else the last line."""
    text = text[-LONGEST:].strip()
    if boxed := re.findall(r"\\boxed\{([^{}]*)\}", text):
        return str(boxed[-1]).strip()
    found = [one.strip() for one in _FINAL.findall(text) if one.strip(" *.`")]
    last = found[-1] if found else text.rpartition("\n")[2]
    return last.strip(" *`")


def closing(text: str) -> str:
    """The answer that a reply says is one: what stands after its last ``Answer:``; empty if there is none."""
    found = [one.strip(" *`") for one in _CLOSING.findall(text[-LONGEST:]) if one.strip(" *.`")]
    return found[-1] if found else ""


def same(text: str) -> str:
    """What answers that mean the same have in common: ``"The 1,000.0."`` is ``"1000"``."""
    plain = " ".join(text[:LONGEST].casefold().split()).strip(" .!*`\"'$")
    plain = re.sub(r"^(?:the|a|an)\s+", "", plain)
    if _NUMBER.fullmatch(plain):
        value = float(plain.replace(",", ""))
        return f"{value:.12g}"
    return plain


def counted(answers: Sequence[str]) -> tuple[str, float]:
    """The most frequent answer, as it was first given, and its share; of equals the earliest, empty ones aside."""
    given = [answer for answer in answers if answer.strip()]
    if not given:
        return "", 0.0
    counts = Counter(map(same, given))
    (winner, n), *_ = counts.most_common(1)  # of equals the one that came first
    return next(answer for answer in given if same(answer) == winner), n / len(answers)


def mark(text: str, low: float, high: float) -> float | None:
    """A number from `low` to `high` that the reply gives as its mark: after a word for it, else the last one."""
    text = text[-LONGEST:]
    numbers = [float(one) for one in _MARK.findall(text)]
    if not numbers:
        plain = re.sub(rf"(?<=\d)\s*(?:/|out of)\s*{high:g}\b", "", text)
        numbers = [float(one.replace(",", "")) for one in _NUMBER.findall(plain)]
    fitting = [number for number in numbers if low <= number <= high]
    return fitting[-1] if fitting else None


def marks(text: str, n: int, low: float, high: float) -> list[float | None]:
    """A mark from `low` to `high` for each of `n` things: ``1: 4`` for the first, or the marks in their order."""
    text = text[:LONGEST]
    pairs = {int(place): float(value) for place, value in _PAIR.findall(text)}
    found: list[float | None] = [pairs.get(place) for place in range(1, n + 1)]
    if all(value is None for value in found):
        numbers = [float(one.replace(",", "")) for one in _NUMBER.findall(text)]
        found = list(numbers) if len(numbers) == n else [None] * n
    return [value if value is not None and low <= value <= high else None for value in found]


def chosen(text: str, options: Sequence[str]) -> int | None:
    """Which of the options a reply names, by its words or by its number from 1; None if that is not clear."""
    plain = same(final(text))
    keys = [same(option) for option in options]
    if plain in keys:
        return keys.index(plain)
    if number := re.match(r"(?:(?:option|number|candidate|answer|choice|no)\W*)?(\d{1,3})\b", plain):
        place = int(number[1]) - 1
        if 0 <= place < len(options):
            return place
    return mentioned(text, options)


def mentioned(text: str, options: Sequence[str]) -> int | None:
    """The option that is named last, of those that end at the same word the longest; None if none is named."""
    whole = spaced(text[:LONGEST])
    found = []
    for place, words in enumerate(map(spaced, options)):
        at = whole.rfind(words)
        if at >= 0 and words.strip():
            found.append((at + len(words), len(words), -place))
    return -max(found)[2] if found else None


def shares(text: str, options: Sequence[str]) -> list[float]:
    """For each option the share of its words, articles aside, that stand in a text."""
    words = set(spaced(text).split()) - _ARTICLES
    owns = (set(spaced(option).split()) - _ARTICLES for option in options)
    return [len(words & own) / max(1, len(own)) for own in owns]


def spaced(text: str) -> str:
    """The words of a text in small letters between single spaces, one before and one after."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


def agreed(text: str) -> bool | None:
    """Whether a reply says yes: the first clear word counts, and a "not" before it turns it."""
    text = text[:LONGEST]
    yes, no = _YES.search(text), _NO.search(text)
    if yes and (no is None or yes.start() < no.start()):
        return True
    return False if no else None
