"""Reads a reply in every way that makes sense, the plainest first, until one gives a child."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from evo.operators.reply.answers import Answer, swap_answers
from evo.operators.reply.blocks import Swap, has_markers, swaps, without_markers
from evo.operators.reply.check import Rules, check, keeps
from evo.operators.reply.clean import cleaned, versions
from evo.operators.reply.fences import NOT_CODE, Fence, fences
from evo.operators.reply.labelled import labelled
from evo.operators.reply.outcome import NotUnderstood, Understood
from evo.operators.reply.pieces import Parent, Piece, definitions, fitted
from evo.operators.reply.thought import thought_of
from evo.operators.reply.unified import hunks
from evo.operators.reply.wrapped import Wrapped, unwrapped

_DIFF = re.compile(r"(?m)^\s{0,8}@@|^--- .{1,200}\n\+\+\+ ")
_MOST = 12  # answers of one reply that are tried

Found = Iterator[Answer | NotUnderstood]


def read(text: str, parent: Parent, cut: bool, rules: Rules | None = None) -> Understood:
    """As `evo.operators.reply.read_reply`, at a cost of at most ``parent.effort``."""
    if not parent.paths():
        raise NotUnderstood(
            f"no file of the candidate matches {', '.join(parent.mutable)}, so nothing may change", "apply"
        )
    failures: list[NotUnderstood] = []
    for version, repair in versions(cleaned(text, cut), parent.files):
        lines = version.split("\n")
        for answer in islice(_answers(version, lines, parent, cut), _MOST):
            try:
                if isinstance(answer, NotUnderstood):
                    raise answer
                check(answer.files, parent.files, parent.effort)
                keeps(answer.files, rules)
            except NotUnderstood as error:
                failures.append(error)
            else:
                how = f"{answer.how}, {repair}" if repair else answer.how
                return Understood(answer.files, how, thought_of(lines), max(_count(lines, parent, cut), 1))
    raise _telling(failures, cut)


def _telling(failures: Sequence[NotUnderstood], cut: bool) -> NotUnderstood:
    """The failure that says most: the first of those that came furthest."""
    if failures:
        highest = max(failure.height for failure in failures)
        first = next(failure for failure in failures if failure.height == highest)
        if cut and "cut off" not in str(first):
            return NotUnderstood(f"{first}. The reply was cut off: write less", first.rung)
        return first
    if cut:
        return NotUnderstood(
            "the reply was cut off before it held a complete change; think less and write less"
        )
    return NotUnderstood(
        "the reply holds no change: no edit block, no diff, no code; answer with one of these in a fenced block"
    )


def _answers(text: str, lines: Sequence[str], parent: Parent, cut: bool, inner: bool = False) -> Found:
    """What the reply may mean, one child after the other."""
    known = list(parent.files)
    found = fences(lines, known)
    edits = swaps(lines, known, cut)
    if not edits:
        edits = labelled(lines, [fence for fence in found if fence.closed or not cut])
    yield from swap_answers(edits, parent)
    if _DIFF.search(text) or "```diff" in text:
        yield from swap_answers(hunks(lines, known, cut), parent)
    for group in _groups(_code(found, edits, cut)):
        yield from _group_answers(group, parent)
    if not inner:
        for wrapped in _wrapped(text, found):
            yield from _unwrapped(wrapped, parent, cut)
    if not found:
        kept = without_markers(lines) if has_markers(lines) else lines
        piece = Piece("", tuple(kept), closed=not cut, prose=True)
        if any(line.strip() for line in kept) and not unwrapped(text):
            yield from _group_answers([piece], parent)


def _code(found: Sequence[Fence], edits: Sequence[Swap], cut: bool) -> list[Piece]:
    """The fenced pieces that are code and no part of an edit block."""
    pieces = []
    for fence in found:
        taken = any(edit.start < fence.end and fence.start < edit.end for edit in edits)
        diff = fence.info in ("diff", "patch", "udiff") or any(line.startswith("@@") for line in fence.lines)
        if taken or diff or fence.info in NOT_CODE or not any(line.strip() for line in fence.lines):
            continue
        if fence.lines and fence.lines[0].strip()[:1] == "{" and fence.info in ("json", "", "jsonc"):
            continue
        lines = without_markers(fence.lines) if has_markers(fence.lines) else fence.lines
        pieces.append(Piece(fence.name, tuple(lines), closed=fence.closed or not cut))
    return pieces


def _groups(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that make one answer together: a name or a file that comes again begins another one."""
    groups: list[list[Piece]] = []
    names: set[str] = set()
    for piece in pieces:
        mine = {
            *definitions(piece),
            *([f"file {piece.name}"] if piece.name and not definitions(piece) else []),
        }
        if not groups or not mine or mine & names:
            groups.append([])
            names = set()
        groups[-1].append(piece)
        names |= mine
    return groups


def _group_answers(group: Sequence[Piece], parent: Parent) -> Found:
    """The pieces together, as far as they fit, then each alone."""
    if len(group) > 1:
        files, hows = dict(parent.files), []
        for piece in group:
            try:
                path, files[path], how = fitted(piece, parent, files)
            except NotUnderstood:
                continue
            hows.append(how)
        if len(hows) > 1:
            yield Answer(files, "; ".join(dict.fromkeys(hows)))
    for piece in group:
        try:
            path, text, how = fitted(piece, parent, parent.files)
        except NotUnderstood as error:
            yield error
        else:
            yield Answer({**parent.files, path: text}, how)


def _wrapped(text: str, found: Sequence[Fence]) -> list[Wrapped]:
    """What JSON in the reply holds."""
    inside = [
        wrapped
        for fence in found
        if fence.info in ("json", "")
        for wrapped in unwrapped("\n".join(fence.lines))
    ]
    if inside or text.lstrip()[:1] not in "{[" or not text.strip():
        return inside
    return unwrapped(text)


def _unwrapped(wrapped: Wrapped, parent: Parent, cut: bool) -> Found:
    lines = wrapped.text.replace("\r\n", "\n").split("\n")
    closed = wrapped.closed or not cut
    if wrapped.search:
        swap = Swap(wrapped.name, tuple(wrapped.search.split("\n")), tuple(lines), 0, 0)
        yield from swap_answers([swap], parent)
    elif fences(lines, list(parent.files)) or has_markers(lines) or _DIFF.search(wrapped.text):
        yield from _answers(wrapped.text, lines, parent, cut, inner=True)
    else:
        for answer in _group_answers([Piece(wrapped.name, tuple(lines), closed)], parent):
            yield (
                answer
                if isinstance(answer, NotUnderstood)
                else Answer(answer.files, f"{answer.how}, out of JSON")
            )


def _count(lines: Sequence[str], parent: Parent, cut: bool) -> int:
    """How many answers the reply holds, without trying them."""
    edits = swaps(lines, list(parent.files), cut)
    if edits:
        return max(1, len(edits) - len({edit.search for edit in edits}) + 1)
    return len(_groups(_code(fences(lines, list(parent.files)), edits, cut)))
