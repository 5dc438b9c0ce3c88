"""Finds the lines that a reply means, where it quotes them exactly, loosely or not quite."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import accumulate

from evo.operators.reply.outcome import Effort, Unclear, quote
from evo.operators.reply.page import Page, is_marker

ENOUGH = 0.78
"""Similarity from which on a place counts as meant."""

MARGIN = 0.06
"""So much better than the second best place must it be."""

_PLACES = 6  # windows that are compared letter by letter
_SLACK = 3  # lines by which quotation and program may be shifted against each other
_LETTERS = 160  # of a line that are compared
_TOKEN = re.compile(r"\w+|[^\w\s]")


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
    """As `find`, but no letter that is not white space may differ; None if there is no such place."""
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


_LEVELS: tuple[tuple[Callable[[str], str], bool, str], ...] = (
    (str.rstrip, True, ""),
    (str.strip, False, "white space aside"),
    (_squeezed, False, "white space aside"),
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
    if not effort.allows(10 * len(page.text)):
        raise Unclear(
            f"the lines {_begin(wanted)} are not in the program; quote the lines to replace exactly as they are"
        )
    texts = [page.lines[row].strip() for row in rows]
    starts = _promising([text for _, text in wanted], texts)
    starts = [
        start
        for start in starts
        if _touches(page, rows[start], rows[min(start + len(wanted), len(rows)) - 1])
    ]
    found = _align_all(starts, len(quoted), wanted, rows, texts, effort)
    if not found:
        raise Unclear(
            f"the lines {_begin(wanted)} are not in the program; quote the lines to replace exactly as they are"
        )
    best = found[0]
    rest = ["" if best.start <= row < best.end else text for row, text in zip(rows, texts, strict=True)]
    rivals = _align_all(starts, len(quoted), wanted, rows, rest, effort)
    closest = f"lines {best.start + 1}-{best.end}, {quote(page.lines[best.start].strip())}"
    if best.score < ENOUGH:
        raise Unclear(
            f"the lines {_begin(wanted)} are not in the program; the closest are {closest} "
            f"(similarity {best.score:.2f}). Quote the lines to replace exactly as they are"
        )
    if rivals and rivals[0].score > best.score - MARGIN:
        raise Unclear(
            f"the lines {_begin(wanted)} resemble {closest} ({best.score:.2f}) and also line "
            f"{rivals[0].start + 1} ({rivals[0].score:.2f}); quote them exactly, and more lines around them"
        )
    return best


def _align_all(
    starts: Sequence[int],
    n_quoted: int,
    wanted: Sequence[tuple[int, str]],
    rows: Sequence[int],
    texts: Sequence[str],
    effort: Effort,
) -> list[Match]:
    """The best match near each of `starts`, the best of all first."""
    found = [_aligned(n_quoted, wanted, rows, texts, start, effort) for start in starts]
    return sorted((match for match in found if match is not None), key=lambda match: -match.score)


def _begin(wanted: Sequence[tuple[int, str]]) -> str:
    return quote(next((text for _, text in wanted if len(text) > 3), wanted[0][1]))


def _touches(page: Page, first: int, last: int) -> bool:
    return any(start <= last and first < end for start, end in page.blocks)


def _promising(wanted: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Starts of the windows of `texts` that share most words with `wanted`: one pass over all words."""
    bag = Counter(token for text in wanted for token in _TOKEN.findall(text))
    tokens = [_TOKEN.findall(text) for text in texts]
    width = min(len(wanted), len(texts))
    inside: Counter[str] = Counter()
    shared = size = 0
    scores: list[float] = []
    for number, new in enumerate(tokens):
        for token in new:
            inside[token] += 1
            shared += inside[token] <= bag[token]
        size += len(new)
        if number >= width:
            for token in tokens[number - width]:
                shared -= inside[token] <= bag[token]
                inside[token] -= 1
            size -= len(tokens[number - width])
        if number >= width - 1:
            scores.append(2 * shared / (size + bag.total() or 1))
    chosen: list[int] = []
    for start in nlargest(40 * _PLACES, range(len(scores)), key=scores.__getitem__):
        if all(abs(start - other) > width // 2 for other in chosen):
            chosen.append(start)
        if len(chosen) == _PLACES:
            break
    return chosen


def _aligned(
    n_quoted: int,
    wanted: Sequence[tuple[int, str]],
    rows: Sequence[int],
    texts: Sequence[str],
    start: int,
    effort: Effort,
) -> Match | None:
    """The best way to lay `wanted` over `texts` near `start`, in order, lines left out on either side."""
    first = max(0, start - _SLACK)
    window = texts[first : start + len(wanted) + _SLACK]
    if not effort.allows(4 * len(wanted) * len(window)):
        return None
    # best[i][j]: the worth of the first i quoted lines against the first j lines of the window
    size = len(window)
    best = [[0.0] * (size + 1) for _ in range(len(wanted) + 1)]
    alike: dict[tuple[int, int], float] = {}
    for i, (_, text) in enumerate(wanted):
        low, high = max(0, i + (start - first) - 2 * _SLACK), min(size, i + (start - first) + 2 * _SLACK + 1)
        for j in range(size):
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j])
            if low <= j < high:
                ratio = _ratio(text, window[j], effort)
                if ratio >= 0.5:
                    alike[i, j] = ratio
                    best[i + 1][j + 1] = max(best[i + 1][j + 1], best[i][j] + ratio * _weight(text))
    pairs = _walk_back(best, alike)
    if not pairs:
        return None
    low, high = pairs[0][1], pairs[-1][1] + 1
    spanned = sum(_weight(text) for text in window[low:high])
    total = spanned + sum(_weight(text) for _, text in wanted)
    worth = sum(alike[i, j] * (_weight(wanted[i][1]) + _weight(window[j])) for i, j in pairs)
    each: list[int | None] = [None] * n_quoted
    for i, j in pairs:
        each[wanted[i][0]] = rows[first + j]
    score = worth / total
    return Match(
        rows[first + low], rows[first + high - 1] + 1, tuple(each), score, f"by similarity {score:.2f}"
    )


def _walk_back(best: Sequence[Sequence[float]], alike: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i, j = len(best) - 1, len(best[0]) - 1
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return [pair for pair in reversed(pairs) if pair in alike]


def _weight(text: str) -> int:
    """What a line counts: short ones such as ``}`` say little about where they stand."""
    return min(max(len(text), 2), 80)


def _ratio(one: str, other: str, effort: Effort) -> float:
    if one == other:
        return 1.0
    one, other = one[:_LETTERS], other[:_LETTERS]
    if not effort.allows(len(one) * len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
        return 0.0
    return matcher.ratio()


def line_overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of lines that two texts have in common, from 0 to 1; white space aside."""
    mine, theirs = (Counter(line.strip() for line in lines if _counts(line)) for lines in (one, other))
    return 2 * (mine & theirs).total() / (mine.total() + theirs.total() or 1)
