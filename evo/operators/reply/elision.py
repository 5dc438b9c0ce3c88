"""Lines such as ``# ... rest unchanged``: what they stand for is taken from the parent."""

import re
from collections.abc import Sequence

from evo.operators.reply.align import ratio
from evo.operators.reply.layout import indentation
from evo.operators.reply.outcome import Effort, Unclear, quote
from evo.operators.reply.page import Page

_COMMENT = r"(?:#|//|/\*|--|;|%|<!--)"
_BARE = re.compile(r"\s*(?:\.{3}|…)\s*$")
_DOTS = re.compile(rf"\s*{_COMMENT}\s*(?:\.{{3,}}|…)(?:.{{0,120}})$")
_WORDS = re.compile(
    rf"\s*{_COMMENT}\s*[(\[]?\s*(?:the\s)?(?:rest|remainder|remaining|other|existing|previous|original|unchanged|same|keep)\b"
    r"(?=.{0,100}\b(?:unchanged|same|as before|as is|remains?|code|function|functions|method|methods|implementation|lines|stays?)\b).{0,120}$",
    re.IGNORECASE,
)
_CLOSE = 0.6


def is_elision(line: str) -> bool:
    """Whether `line` stands for lines that were left out."""
    return len(line) <= 200 and any(pattern.match(line) for pattern in (_BARE, _DOTS, _WORDS))


def expanded(lines: Sequence[str], old: Sequence[str], effort: Effort) -> tuple[list[str], int]:
    """`lines` with each elision filled from `old`, and how many there were.

    What is filled in begins behind the old line that the one before the elision stands for, and ends
    before the old line that the one behind it stands for, or where the old code's indentation falls
    below that of the elision.

    Raises:
        Unclear: it is open what an elision stands for.
    """
    known = {line.strip() for line in old}
    gaps = [number for number, line in enumerate(lines) if is_elision(line) and line.strip() not in known]
    if not gaps:
        return list(lines), 0
    written: list[str] = []
    position, at = 0, 0  # in `lines`, in `old`
    for gap in gaps:
        written += lines[position:gap]
        at = _begin(lines[position:gap], lines[gap], old, at, effort)
        after = next((line for line in lines[gap + 1 :] if line.strip()), "")
        if after and not is_elision(after):
            stop = _end(old, at, after, lines[gap], effort)
        else:
            stop = _fall(old, at, lines[gap])
        written += old[at:stop]
        position, at = gap + 1, stop
    return [*written, *lines[position:]], len(gaps)


def elided(lines: Sequence[str], page: Page) -> bool:
    """Whether `lines` have an elision that is no line of `page`."""
    known = {line.strip() for line in page.lines}
    return any(is_elision(line) and line.strip() not in known for line in lines)


def _last(lines: Sequence[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "")


def _begin(before: Sequence[str], gap: str, old: Sequence[str], at: int, effort: Effort) -> int:
    """Where what is filled in begins: behind the line before `gap`, or behind the block that ends there."""
    depth = len(indentation(gap))
    last = _last(before)
    if not last:
        return at
    if len(indentation(last)) <= depth:
        return _place(last, old, at, effort) + 1
    head = _last([line for line in before if line.strip() and len(indentation(line)) <= depth])
    if not head:
        return _place(last, old, at, effort) + 1
    return _fall(old, _place(head, old, at, effort) + 1, " " + gap)


def _end(old: Sequence[str], at: int, after: str, gap: str, effort: Effort) -> int:
    """Where what is filled in ends: at the line `after` stands for, or, if that is new, at the end of its block."""
    fall = _fall(old, at, gap)
    try:
        return _place(after, old, at, effort)
    except Unclear:
        if len(indentation(after)) < len(indentation(gap)) and fall < len(old):
            return fall  # the next function, a new one
        raise


def _fall(old: Sequence[str], at: int, gap: str) -> int:
    """The first line from `at` that is indented less than `gap`, or the end; blank lines before it are left."""
    depth = len(indentation(gap))
    number = at
    while number < len(old) and (not old[number].strip() or len(indentation(old[number])) >= depth):
        number += 1
    while number > at and not old[number - 1].strip():
        number -= 1
    return number


def _place(line: str, old: Sequence[str], at: int, effort: Effort) -> int:
    """The line of `old`, from `at` on, that `line` is or has been made of.

    Raises:
        Unclear: there is none, or several.
    """
    wanted = line.strip()
    same = [number for number in range(at, len(old)) if old[number].strip() == wanted]
    if len(same) == 1:
        return same[0]
    if not same:
        scores = sorted(
            ((ratio(wanted, old[number].strip(), effort), -number) for number in range(at, len(old))),
            reverse=True,
        )
        if scores and scores[0][0] >= _CLOSE and (len(scores) == 1 or scores[1][0] < scores[0][0] - 0.1):
            return -scores[0][1]
    what = "several lines are" if same else "no line is"
    raise Unclear(f"it is open what is left out beside {quote(wanted)}: {what} like it. Write the lines out")
