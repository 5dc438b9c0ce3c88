"""Puts the lines of an edit in their place on a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from evo.operators.reply.blocks import Swap
from evo.operators.reply.code import unnumbered
from evo.operators.reply.elision import elided, expanded, is_elision
from evo.operators.reply.layout import indentation, moved, unit
from evo.operators.reply.outcome import Effort, NotUnderstood, Unclear, quote
from evo.operators.reply.page import Change, Page, is_marker, trimmed
from evo.operators.reply.similar import Match, find, find_exact

_IMPORTS = ("import ", "from ")


@dataclass(frozen=True, slots=True)
class Placed:
    """An edit that was found on its page.

    Attributes:
        changes: what it does there; empty if it changes nothing.
        imports: import lines that it wants outside the mutable region.
        how: how it was found; empty if its lines were quoted exactly.
    """

    changes: tuple[Change, ...]
    imports: tuple[str, ...]
    how: str


def place(swap: Swap, page: Page, effort: Effort, exact: bool = False) -> Placed:
    """Where `swap` fits on `page`.

    Args:
        swap: an edit that names lines to replace.
        page: the file.
        effort: what the search may cost.
        exact: whether nothing but white space may differ.

    Raises:
        Unclear: it fits nowhere, or in several places.
        NotUnderstood: it changes what must stay as it is.
    """
    search, new = (
        trimmed(unnumbered([line for line in lines if not is_marker(line)]))
        for lines in (swap.search, swap.replace)
    )
    if not search:
        raise Unclear("a block with an empty SEARCH part fits anywhere; quote the lines to replace")
    if elided(search, page):
        return _place_elided(search, new, page, effort)
    if not effort.allows(len(page.text)):
        raise Unclear("the reply has too many edits to look for them all; make fewer")
    match = find_exact(search, page, swap.hint)
    if match is None:
        fragment = _fragment(search, new, page)
        if fragment is not None:
            return fragment
        if exact:
            raise Unclear(f"the lines {quote(search[0].strip())} are not in the program")
        match = find(search, page, effort, swap.hint)
    if elided(new, page):
        new, _ = expanded(new, page.lines[match.start : match.end], effort)
    placed = _checked(_changes(search, new, page, match, effort), page, match.how)
    if placed.changes or placed.imports or swap.kind != "hunk" or match.score == 1.0:
        return placed
    return _checked(_silent_changes(search, page, match), page, "with changes in lines it does not mark")


def _silent_changes(search: Sequence[str], page: Page, match: Match) -> list[Change]:
    """Where the lines that a hunk calls unchanged differ from the program: some models forget the signs."""
    places = {indentation(line): indentation(page.lines[row]) for line, row in _pairs(search, match)}
    new = moved(search, places, unit(search), unit(page.lines))
    return [
        Change(row, row + 1, (line,))
        for line, row in _pairs(new, match)
        if line.strip() != page.lines[row].strip()
    ]


def _pairs(lines: Sequence[str], match: Match) -> list[tuple[str, int]]:
    return [
        (line, row) for line, row in zip(lines, match.rows, strict=True) if row is not None and line.strip()
    ]


def _changes(
    search: Sequence[str], new: Sequence[str], page: Page, match: Match, effort: Effort
) -> list[Change]:
    """The difference between `search` and `new`, carried over to the lines that `search` stands for."""
    places: dict[str, str] = {}
    for line, row in _pairs(search, match):
        places.setdefault(indentation(line), indentation(page.lines[row]))
    new = moved(new, places, unit([*search, *new]), unit(page.lines))
    after = _rows_after(match)
    changes = []
    for tag, i, i_end, j, j_end in _differences(search, new, effort):
        if tag == "equal":
            continue
        rows = [row for row in match.rows[i:i_end] if row is not None]
        if rows:
            start, end = rows[0], rows[-1] + 1
        else:
            start = end = after[i]
        changes.append(Change(start, end, tuple(new[j:j_end])))
    return changes


def _rows_after(match: Match) -> list[int]:
    """For each quoted line, and for the end, where lines put in before it go: behind the line before it."""
    after = [match.start]
    for row in match.rows:
        after.append(after[-1] if row is None else row + 1)
    return after


def _differences(
    search: Sequence[str], new: Sequence[str], effort: Effort
) -> Sequence[tuple[str, int, int, int, int]]:
    one, other = ([line.strip() for line in lines] for lines in (search, new))
    if not effort.allows(len(one) * len(other) // 4 + len(one) + len(other)):
        return [("replace", 0, len(one), 0, len(other))]
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def _checked(changes: Sequence[Change], page: Page, how: str) -> Placed:
    """`changes` if they leave the outside alone, but for imports, which can stand inside as well.

    Raises:
        NotUnderstood: they do not.
    """
    inside: list[Change] = []
    imports: list[str] = []
    for change in changes:
        if page.mutable(change.start, change.end):
            inside.append(change)
            continue
        old = [line.strip() for line in page.lines[change.start : change.end]]
        added = [line for line in change.lines if line.strip() and line.strip() not in old]
        removed = [line for line in old if line and line not in [new.strip() for new in change.lines]]
        if not added and all(not line or is_marker(line) for line in removed):
            continue  # markers left out, or blank lines: they stay as they are
        if all(line.startswith(_IMPORTS) for line in [*added, *removed]):
            imports += added
            continue
        blocks = [f"{start + 1}-{end}" for start, end in page.blocks]
        raise NotUnderstood(
            f"line {change.start + 1} must stay as it is; what may change is between the EVOLVE-BLOCK markers: "
            f"lines {', '.join(blocks[:5])}",
            "apply",
        )
    return Placed(tuple(inside), tuple(imports), how)


def _fragment(search: Sequence[str], new: Sequence[str], page: Page) -> Placed | None:
    """The edit of a part of one line that stands nowhere else."""
    if len(search) != 1 or len(search[0].strip()) < 4:
        return None
    wanted = search[0].strip()
    rows = [
        number
        for number, line in enumerate(page.lines)
        if wanted in line and page.mutable(number, number + 1)
    ]
    if len(rows) != 1 or page.lines[rows[0]].count(wanted) != 1:
        return None
    row, line = rows[0], page.lines[rows[0]]
    before, after = line.split(wanted)
    if (wanted[0].isalnum() and before[-1:].isalnum()) or (wanted[-1].isalnum() and after[:1].isalnum()):
        return None
    text = [piece.strip() if not number else piece for number, piece in enumerate(new)] or [""]
    lines = [before + text[0], *text[1:]]
    lines[-1] += after
    return _checked([Change(row, row + 1, tuple(lines))], page, "as part of a line")


def _place_elided(search: Sequence[str], new: Sequence[str], page: Page, effort: Effort) -> Placed:
    """An edit whose quotation leaves lines out: its pieces are found one behind the other."""
    known = {line.strip() for line in page.lines}
    olds, news = _pieces(search, known), _pieces(new, known)
    if len(olds) == len(news):
        placed = [
            place(Swap("", tuple(old), tuple(wanted), 0, 0), page, effort)
            for old, wanted in zip(olds, news, strict=True)
            if old
        ]
        changes = [change for one in placed for change in one.changes]
        return Placed(
            tuple(changes), tuple(line for one in placed for line in one.imports), "around what was left out"
        )
    if not any(olds):
        raise Unclear("SEARCH quotes no line of the program; quote the lines that are to change")
    found = [find(old, page, effort) for old in (olds[0], olds[-1]) if old]
    start, end = min(match.start for match in found), max(match.end for match in found)
    if len(news) != 1 or not all(olds):
        raise Unclear("SEARCH and REPLACE leave out different lines; write them out")
    whole = replace(
        found[0], start=start, end=end, rows=tuple(range(start, end)), how="around what was left out"
    )
    return _checked(_changes(page.lines[start:end], new, page, whole, effort), page, whole.how)


def _pieces(lines: Sequence[str], known: set[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    for line in lines:
        if is_elision(line) and line.strip() not in known:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return [trimmed(piece) for piece in pieces]
