"""Pieces of code in a reply, each a program, a block or a function, are fitted into the parent."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from evo.operators.region import mutable_paths
from evo.operators.reply import braces, whole
from evo.operators.reply.code import Broken, Parsed, parse, parsed, unnumbered, unprompted
from evo.operators.reply.definitions import is_definition, units
from evo.operators.reply.elision import expanded
from evo.operators.reply.layout import in_units, levelled, unit
from evo.operators.reply.names import may_create, target, unknown_file
from evo.operators.reply.outcome import Effort, NotUnderstood, Unclear
from evo.operators.reply.page import Change, Page, is_marker, trimmed
from evo.operators.reply.parts import import_change, loses_methods, merged
from evo.operators.reply.similar import line_overlap

_NO_DEF = re.compile(r"(\w{1,80})\(.{0,300}\).{0,100}:\s*$")
_DEFINED = re.compile(r"\s{0,40}(?:async\s+)?(?:def|class)\s+(\w+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Code of a reply.

    Attributes:
        name: the file it is for, as far as the reply says.
        lines: the code.
        closed: whether its end was seen; what is open may lack something at the end.
        prose: whether prose may stand around the code.
    """

    name: str
    lines: tuple[str, ...]
    closed: bool = True
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """What pieces are fitted into.

    Attributes:
        files: all of them.
        mutable: the problem's globs.
        main: the file that is meant where a reply names none.
        effort: what reading may cost.
    """

    files: Mapping[str, str]
    mutable: Sequence[str]
    main: str | None
    effort: Effort

    def paths(self) -> list[str]:
        """The files that may change."""
        return mutable_paths(self.files, self.mutable)


def definitions(piece: Piece) -> frozenset[str]:
    """Names of what `piece` defines, in any language; cheap, and right for what is well-formed."""
    names = {match.group(1) for line in piece.lines if (match := _DEFINED.match(line))}
    return frozenset(names or {found.name for found in braces.pieces(piece.lines) if found.depth == 0})


def fitted(piece: Piece, parent: Parent, files: Mapping[str, str]) -> tuple[str, str, str]:
    """The file that `piece` changes, its new text, and what was done.

    Args:
        piece: code of the reply.
        parent: what it is fitted into.
        files: the parent's files with what was changed before.

    Raises:
        NotUnderstood: it fits nowhere.
    """
    path = _path(piece, parent)
    if path not in files:
        body = trimmed([line for line in piece.lines if not is_marker(line)])
        if not piece.closed or not body:
            raise NotUnderstood(f"the new file {path} was cut off; write less", "read")
        return path, "\n".join(body) + "\n", f"{path} added"
    page = Page(files[path])
    fit = _python if path.endswith(".py") else _other
    changes, how = fit(piece, page, path, parent.effort)
    try:
        return path, page.changed(changes), how
    except ValueError as error:
        raise NotUnderstood(f"{path}: {error}; send the whole function once", "apply") from None


def _path(piece: Piece, parent: Parent) -> str:
    path = target(piece.name, parent.files, parent.mutable, None)
    if path:
        return path
    names = definitions(piece)
    scores = []
    for known in parent.paths():
        page = Page(parent.files[known])
        old = definitions(Piece("", tuple(page.lines)))
        scores.append((len(names & old), line_overlap(piece.lines, page.lines), known))
    scores.sort(reverse=True)
    if scores and scores[0][:2] > (0, 0.3) and (len(scores) == 1 or scores[0][:2] > scores[1][:2]):
        return scores[0][2]
    if piece.name and may_create(piece.name, parent.files, parent.mutable):
        return piece.name
    if not piece.name and parent.main in parent.paths() and parent.main is not None:
        return parent.main
    raise unknown_file(piece.name, parent.files, parent.mutable)


def _python(piece: Piece, page: Page, path: str, effort: Effort) -> tuple[list[Change], str]:
    lines, filled = _filled(piece, page, effort)
    lines = _with_def(lines, page)
    note = f", {filled} gap{'s' * (filled > 1)} filled from the parent" if filled else ""
    try:
        tree = parse(page.text, effort)
    except Broken:
        tree = None  # the parent is a failed candidate that is to be repaired
    marked = whole.blocks_of(lines, page) if piece.closed else None
    if marked is not None:
        return [*marked, *_imports(lines, page, marked)], f"the block of a whole program taken{note}"
    try:
        reply = parsed(lines, effort, cut=not piece.closed, prose=piece.prose)
        if not reply.whole:
            note += ", the rest was cut off"
        if not piece.closed:
            whole_reply, reply = reply, _complete(reply, not "".join(piece.lines[-1:]).strip(), effort)
            if whole_reply.whole and len(reply.lines) < len(whole_reply.lines):
                note += ", the rest was cut off"
        if not reply.tree.body:
            raise Broken("there is no code in it", 1)
    except Broken as error:
        rest = "; the reply was cut off, write less" if not piece.closed else ""
        raise NotUnderstood(
            f"the code of the reply does not compile, line {error.line}: {error}{rest}",
            "compile" if definitions(piece) else "read",
        ) from None
    names = {name for one in units(reply.tree) if is_definition(one.node) for name in one.names}
    if tree is None:
        changes = (
            whole.between_anchors(reply.lines, page, effort)
            if page.marked
            else whole.whole_page(reply.lines, page)
        )
        return changes, f"whole program taken{note}"
    old = units(tree)
    if not page.marked:
        must = {name for one in old if is_definition(one.node) for name in one.names}
        if must and must <= names and not loses_methods(reply, page, tree):
            return whole.whole_page(reply.lines, page), f"whole program taken{note}"
    straddling = {name for one in old if _straddles(one.start, one.end, page) for name in one.names}
    if straddling & names or not (names or any(page.mutable(one.start, one.end) for one in old)):
        return whole.between_anchors(reply.lines, page, effort), f"the text between the markers taken{note}"
    changes, how = merged(reply, page, tree)
    return changes, how + note


def _with_def(lines: Sequence[str], page: Page) -> list[str]:
    """`lines` with the ``def`` that is missing in front of a function that `page` has."""
    match = _NO_DEF.match(lines[0]) if lines else None
    if match is None or match.group(1) not in definitions(Piece("", tuple(page.lines))):
        return list(lines)
    return [f"def {lines[0]}", *lines[1:]]


def _straddles(start: int, end: int, page: Page) -> bool:
    return any(start < last and first < end and not page.mutable(start, end) for first, last in page.blocks)


def _returns(node: ast.stmt) -> bool:
    """Whether nothing can follow what the function's last line does."""
    last = node.body[-1] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
    return isinstance(last, ast.Return | ast.Raise)


def _complete(reply: Parsed, ended: bool, effort: Effort) -> Parsed:
    """`reply` without a last definition that may have lost its end; `ended` if at least its last line has not.

    Raises:
        Broken: nothing is left.
    """
    last = units(reply.tree)[-1] if reply.tree.body else None
    if last is None:
        raise Broken("nothing is complete", 1)
    if not is_definition(last.node) or not reply.whole or (ended and _returns(last.node)):
        return reply
    return parsed(reply.lines[: last.start], effort) if last.start else _refuse_open()


def _refuse_open() -> Parsed:
    raise Broken("no function is complete", 1)


def _imports(lines: Sequence[str], page: Page, changes: Sequence[Change]) -> list[Change]:
    wanted = whole.lost_includes(lines, page, changes)
    return [import_change(wanted, page, changes[0].start, None)] if wanted else []


def _other(piece: Piece, page: Page, path: str, effort: Effort) -> tuple[list[Change], str]:
    lines, filled = _filled(piece, page, effort)
    note = f", {filled} gap{'s' * (filled > 1)} filled from the parent" if filled else ""
    has_braces = PurePosixPath(path).suffix in braces.SUFFIXES
    if piece.closed and not piece.prose:
        marked = whole.blocks_of(lines, page)
        if marked is not None:
            return [*marked, *_imports(lines, page, marked)], f"the block of a whole program taken{note}"
    if has_braces:
        if piece.closed and not piece.prose and whole.covers(lines, page) and braces.balanced(lines):
            changes = (
                whole.between_anchors(lines, page, effort) if page.marked else whole.whole_page(lines, page)
            )
            if page.marked:
                changes += _imports(lines, page, changes)
            return changes, f"whole program taken{note}"
        changes, how = whole.named_pieces(lines, page)
        return [*changes, *(_imports(lines, page, changes) if page.marked else [])], how + note
    if not piece.closed:
        raise NotUnderstood("the reply was cut off; write less", "read")
    if piece.prose and line_overlap(lines, page.lines) < 0.4:
        raise NotUnderstood(f"the reply holds no text for {path}; send it between two lines of ```", "read")
    if page.marked:
        return whole.between_anchors(lines, page, effort), "the text between the markers taken"
    return whole.whole_page(lines, page), "whole text taken"


def _filled(piece: Piece, page: Page, effort: Effort) -> tuple[list[str], int]:
    lines = levelled(unprompted(unnumbered(trimmed(piece.lines))))
    if piece.prose:
        return lines, 0
    lines = in_units(lines, unit(page.lines))
    try:
        return expanded(lines, page.lines, effort)
    except Unclear:
        if any(line.strip() == "..." for line in lines):
            raise
        return lines, 0  # a comment that only sounds like one
