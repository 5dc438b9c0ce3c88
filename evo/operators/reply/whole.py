"""Whole programs, or whole mutable blocks, as a reply sends them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from evo.operators.reply import braces
from evo.operators.reply.layout import in_units, indentation, indented, levelled, unit
from evo.operators.reply.outcome import Effort, NotUnderstood, Unclear
from evo.operators.reply.page import Change, Page, is_marker, trimmed

_INCLUDE = re.compile(
    r"\s*(?:#include\b|import\b|from\s+\S+\s+import\b|using\s|use\s|require\b|const\s.{1,80}require\()"
)


def blocks_of(lines: Sequence[str], page: Page) -> list[Change] | None:
    """The changes if `lines` have the markers that `page` has; None if they have none, or others.

    A block that is not ended reaches to where the page's own text after it begins, or to the end.
    """
    if not page.marked or not any(is_marker(line) for line in lines):
        return None
    sent = Page("\n".join(lines) + "\n")
    if len(sent.blocks) != len(page.blocks):
        return None
    changes = []
    for number, (mine, theirs) in enumerate(zip(sent.blocks, page.blocks, strict=True)):
        body = sent.lines[mine[0] : mine[1]]
        if mine[1] == len(sent.lines) and theirs[1] < len(page.lines):
            body = _until_outside(body, page, theirs[1])
        changes.append(_block_change(body, page, number))
    return changes


def between_anchors(lines: Sequence[str], page: Page, effort: Effort) -> list[Change]:
    """The changes if `lines` are the whole of `page` without its markers, or its only block.

    Raises:
        Unclear: the parts that must stay are not recognised, so that it is open where the blocks begin.
    """
    lines = [line for line in lines if not is_marker(line)]
    pairs = _common(lines, page, effort)
    if not pairs and len(page.blocks) != 1:
        raise Unclear(
            "it is open which block the code is for; send the whole file with its EVOLVE-BLOCK markers"
        )
    changes = []
    for number, (first, last) in enumerate(page.blocks):
        low = max((sent + 1 for row, sent in pairs if row < first), default=0)
        high = min((sent for row, sent in pairs if row >= last), default=len(lines))
        if not trimmed(lines[low:high]) and trimmed(page.block_lines(number)):
            continue  # what was sent begins behind it, or ends before it
        if low > high:
            raise Unclear(
                "the order of the parts differs from the program's; send the whole file as it stands"
            )
        changes.append(_block_change(lines[low:high], page, number))
    if not changes:
        raise Unclear(
            "the reply holds nothing that stands between the EVOLVE-BLOCK markers; send what is to stand there"
        )
    return changes


def whole_page(lines: Sequence[str], page: Page) -> list[Change]:
    """The change that puts `lines` in the place of a page without markers."""
    body = [line for line in trimmed(lines) if not is_marker(line)]
    return [Change(0, len(page.lines), tuple(in_units(body, unit(page.lines)) if page.lines else body))]


def lost_includes(lines: Sequence[str], page: Page, changes: Sequence[Change]) -> list[str]:
    """Lines of `lines` that bring in something, that neither the page has nor the changes."""
    have = {line.strip() for line in page.lines} | {
        line.strip() for change in changes for line in change.lines
    }
    wanted = [
        line for line in lines if _INCLUDE.match(line) and line == line.lstrip() and line.strip() not in have
    ]
    return list(dict.fromkeys(wanted))


def named_pieces(lines: Sequence[str], page: Page) -> tuple[list[Change], str]:
    """As `parts.merged`, for languages with braces: functions and types replaced by name.

    Raises:
        NotUnderstood: none of the names may be replaced.
    """
    mine = _outermost(braces.pieces(lines))
    every = [piece for piece in braces.pieces(page.lines) if page.mutable(piece.start, piece.end)]
    outside = {piece.name for piece in braces.pieces(page.lines)} - {piece.name for piece in every}
    changes: list[Change] = []
    waiting: list[str] = []
    replaced, added = [], []
    for piece in mine:
        body = list(lines[piece.start : piece.end])
        fits = [old for old in every if old.name == piece.name]
        fits = [old for old in fits if old.depth == min(one.depth for one in fits)]
        if len(fits) == 1:
            old = fits[0]
            if waiting and old.depth == 0:
                changes.append(Change(old.start, old.start, tuple(waiting)))
                waiting = []
            text = indented(in_units(levelled(body), unit(page.lines)), indentation(page.lines[old.start]))
            changes.append(Change(old.start, old.end, tuple(text)))
            replaced.append(piece.name)
        elif not fits and piece.name not in outside and piece.name != "main":
            waiting += [*body, ""]
            added.append(piece.name)
    if not replaced:
        raise NotUnderstood(
            "no function of the reply has the name of one that may change "
            f"({', '.join(dict.fromkeys(piece.name for piece in every)) or 'there is none'}); keep the names",
            "apply",
        )
    if waiting:
        end = max(change.end for change in changes)
        changes.append(Change(end, end, ("", *waiting[:-1])))
    what = f"{', '.join(replaced[:4])} replaced"
    return changes, f"{what}, {', '.join(added[:4])} added" if added else what


def covers(lines: Sequence[str], page: Page) -> bool:
    """Whether `lines` have every function and type that stands at the margin of `page`."""
    old = {piece.name for piece in braces.pieces(page.lines) if piece.depth == 0}
    return bool(old) and old <= {piece.name for piece in braces.pieces(lines)}


def _outermost(found: Sequence[braces.Piece]) -> list[braces.Piece]:
    kept: list[braces.Piece] = []
    for piece in found:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _block_change(body: Sequence[str], page: Page, number: int) -> Change:
    """The block replaced; its blank lines at either end stay, and lines are indented as they were."""
    first, last = page.blocks[number]
    old = page.lines[first:last]
    new = trimmed([line for line in body if not is_marker(line)])
    full = [line for line in old if line.strip()]
    if full and new:
        depth = min((indentation(line) for line in full), key=len)
        new = indented(in_units(levelled(new), unit(page.lines)), depth)
    while first < last and not page.lines[first].strip():
        first += 1
    while last > first and not page.lines[last - 1].strip():
        last -= 1
    return Change(first, last, tuple(new))


def _until_outside(body: Sequence[str], page: Page, row: int) -> list[str]:
    after = next((line.strip() for line in page.lines[row:] if line.strip() and not is_marker(line)), None)
    stripped = [line.strip() for line in body]
    return list(body[: stripped.index(after)]) if after in stripped else list(body)


def _common(lines: Sequence[str], page: Page, effort: Effort) -> list[tuple[int, int]]:
    """Lines outside the region that `lines` have too, as pairs (row, number), in order."""
    outside = {row for row in range(len(page.lines)) if not page.mutable(row, row + 1)}
    texts = [line.strip() for line in page.lines]
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    telling = {row for row in outside if counts[texts[row]] == 1 and sum(map(str.isalnum, texts[row])) >= 4}
    kept = [row for row in range(len(texts)) if texts[row] and not is_marker(texts[row])]
    numbers = [number for number, line in enumerate(lines) if line.strip()]
    if not effort.allows(len(kept) * len(numbers) // 4):
        return []
    matcher = SequenceMatcher(
        None, [texts[row] for row in kept], [lines[number].strip() for number in numbers], autojunk=False
    )
    pairs = []
    for i, j, size in matcher.get_matching_blocks():
        # a line such as "};" counts only beside one that stands nowhere else
        if any(row in telling for row in kept[i : i + size]):
            pairs += [(kept[i + k], numbers[j + k]) for k in range(size) if kept[i + k] in outside]
    return pairs
