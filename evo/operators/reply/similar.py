"""Finds the lines that a reply means, where it quotes them exactly, loosely or not quite."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from evo.operators.reply.align import Comparison
from evo.operators.reply.outcome import Effort, Unclear, quote
from evo.operators.reply.page import Page, is_marker

ENOUGH = 0.78
"""Similarity from which on a place counts as meant."""

MARGIN = 0.06
"""So much better than the second best place must it be, or half as far from an exact quotation."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where quoted lines stand.

    Attributes:
        start, end: lines of the page, `end` not included.
        rows: for each quoted line the line of the page that it is, or None.
        score: 1 where nothing but white space differs.
        how: empty for an exact quotation; else for people: ``"by similarity 0.93"``.
    """

    start: int
    end: int
    rows: tuple[int | None, ...]
    score: float = 1.0
    how: str = ""


def find(quoted: Sequence[str], page: Page, effort: Effort, hint: int | None = None) -> Match:
    """The one place of `page` that `quoted` means.

    Args:
        quoted: lines without blank ones at the ends; at least one is not blank.
        page: the file.
        effort: what the search may cost.
        hint: number of the first line as the reply has it, from 0; decides between equals.

    Raises:
        Unclear: there is no such place, or there are several; says which come closest.
    """
    exact = find_exact(quoted, page, hint)
    return exact if exact is not None else _find_similar(quoted, page, effort)


def find_exact(quoted: Sequence[str], page: Page, hint: int | None = None) -> Match | None:
    """As `find`, but nothing may differ but white space and comments; None if there is no such place."""
    for key, keep_blank, how in _LEVELS:
        rows = [number for number, line in enumerate(page.lines) if keep_blank or _counts(line)]
        wanted = [key(line) for line in quoted if keep_blank or _counts(line)]
        if not wanted:
            return None
        places = _occurrences(wanted, [key(page.lines[row]) for row in rows])
        if not places:
            continue
        matches = [_match(quoted, rows[place : place + len(wanted)], keep_blank, how) for place in places]
        return _only(matches, page, hint)
    return None


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _bare(line: str) -> str:
    """The line without white space and without a comment behind it."""
    return _squeezed(line.partition(" #")[0].partition(" //")[0]) or _squeezed(line)


_LEVELS: tuple[tuple[Callable[[str], str], bool, str], ...] = (
    (str.rstrip, True, ""),
    (str.strip, False, "white space aside"),
    (_squeezed, False, "white space aside"),
    (_bare, False, "comments aside"),
)


def _counts(line: str) -> bool:
    return bool(line.strip()) and not is_marker(line)


def _occurrences(wanted: Sequence[str], lines: Sequence[str], limit: int = 50) -> list[int]:
    """Where `wanted` begins in `lines`."""
    text, needle = "\n" + "\n".join(lines) + "\n", "\n" + "\n".join(wanted) + "\n"
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    found: list[int] = []
    position = text.find(needle)
    while position >= 0 and len(found) < limit:
        found.append(bisect_right(starts, position) - 1)
        position = text.find(needle, position + 1)
    return found


def _match(quoted: Sequence[str], rows: Sequence[int], keep_blank: bool, how: str) -> Match:
    left = iter(rows)
    each = tuple(next(left) if keep_blank or _counts(line) else None for line in quoted)
    return Match(rows[0], rows[-1] + 1, each, 1.0, how)


def _only(matches: Sequence[Match], page: Page, hint: int | None) -> Match:
    inside = [match for match in matches if page.mutable(match.start, match.end)]
    fits = inside or list(matches)
    if hint is not None and len(fits) > 1:
        fits.sort(key=lambda match: abs(match.start - hint))
        if abs(fits[0].start - hint) < abs(fits[1].start - hint):
            return fits[0]
    if len(fits) > 1:
        lines = ", ".join(str(match.start + 1) for match in fits[:5])
        raise Unclear(
            f"the lines {quote(page.lines[fits[0].start].strip())} … stand in {len(fits)} places (lines {lines}); "
            "quote more lines around them"
        )
    return fits[0]


def _find_similar(quoted: Sequence[str], page: Page, effort: Effort) -> Match:
    rows = [number for number, line in enumerate(page.lines) if _counts(line)]
    wanted = [(number, line.strip()) for number, line in enumerate(quoted) if _counts(line)]
    if not wanted or not rows:
        raise Unclear(
            "the reply quotes no line of the program; quote the lines to replace exactly as they are"
        )
    nowhere = f"the lines {_begin(wanted)} are not in the program"
    exactly = "Quote the lines to replace exactly as they are"
    if not effort.allows(10 * len(page.text)):
        raise Unclear(f"{nowhere}. {exactly}")
    comparison = Comparison(wanted, rows, [page.lines[row].strip() for row in rows], effort)
    inside = [start for start in comparison.promising() if _touches(page, comparison.rows_from(start))]
    best = comparison.best(inside)
    if best is None:
        raise Unclear(f"{nowhere}. {exactly}")
    first, last = min(best.rows.values()), max(best.rows.values())
    closest = f"lines {first + 1}-{last + 1}, {quote(page.lines[first].strip())}"
    if best.score < ENOUGH:
        raise Unclear(f"{nowhere}; the closest are {closest} (similarity {best.score:.2f}). {exactly}")
    rival = comparison.without(first, last).best(inside)
    if rival is not None and rival.score > best.score - MARGIN and 1 - rival.score < 2 * (1 - best.score):
        raise Unclear(
            f"the lines {_begin(wanted)} resemble {closest} ({best.score:.2f}) and also line "
            f"{min(rival.rows.values()) + 1} ({rival.score:.2f}); quote them exactly, and more lines around them"
        )
    each = tuple(best.rows.get(number) for number in range(len(quoted)))
    return Match(first, last + 1, each, best.score, f"by similarity {best.score:.2f}")


def _touches(page: Page, rows: Sequence[int]) -> bool:
    return any(start <= rows[-1] and rows[0] < end for start, end in page.blocks)


def _begin(wanted: Sequence[tuple[int, str]]) -> str:
    return quote(next((text for _, text in wanted if len(text) > 3), wanted[0][1]))


def line_overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of lines that two texts have in common, from 0 to 1; white space aside."""
    mine, theirs = (Counter(line.strip() for line in lines if _counts(line)) for lines in (one, other))
    return 2 * (mine & theirs).total() / (mine.total() + theirs.total() or 1)
