"""Edit blocks and hunks of a reply are applied, those of one answer together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from evo.operators.reply.blocks import Swap
from evo.operators.reply.code import Broken, parse
from evo.operators.reply.edits import Placed, place
from evo.operators.reply.names import may_create, target, unknown_file
from evo.operators.reply.outcome import NotUnderstood, Unclear
from evo.operators.reply.page import Change, Page
from evo.operators.reply.parts import import_change
from evo.operators.reply.pieces import Parent, Piece, fitted
from evo.operators.scope import analyse

MOST = 60
"""Blocks of one reply that are applied; a model that sends more repeats itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A child that a part of the reply makes, and how."""

    files: dict[str, str]
    how: str


@dataclass(slots=True)
class _Open:
    """An answer in the making.

    Attributes:
        files: with what was changed before the changes that wait.
        changes: that wait, by file; their lines are those of `files`.
        hows: what was special about the blocks.
        missing: why some do not fit.
        n_applied: blocks that did.
    """

    files: dict[str, str]
    changes: dict[str, list[Change]] = field(default_factory=dict)
    hows: list[str] = field(default_factory=list)
    missing: list[NotUnderstood] = field(default_factory=list)
    n_applied: int = 0

    def settled(self, path: str) -> str:
        """The text of `path` with the changes that wait."""
        return Page(self.files[path]).changed(self.changes.get(path, ()))


class _Conflict(Exception):
    """The block replaces lines that one before it has replaced: another answer begins."""


def swap_answers(swaps: Sequence[Swap], parent: Parent) -> Iterator[Answer | NotUnderstood]:
    """The answers that `swaps` give, in order: a block that replaces what one before it has replaced begins the next."""
    waiting = list(swaps[:MOST])
    while waiting:
        answer = _Open(dict(parent.files))
        used = 0
        for swap in waiting:
            try:
                _apply(answer, swap, parent)
            except _Conflict:
                break
            except NotUnderstood as error:
                answer.missing.append(error)
            used += 1
        kind = waiting[0].kind
        waiting = waiting[max(used, 1) :]
        try:
            yield _closed(answer, kind, used, parent)
        except NotUnderstood as error:
            yield error


def _apply(answer: _Open, swap: Swap, parent: Parent) -> None:
    """Adds what `swap` changes to `answer`.

    Raises:
        _Conflict: it replaces lines that were replaced.
        NotUnderstood: it fits nowhere.
    """
    if swap.search == swap.replace:
        raise NotUnderstood("the lines to replace and the new ones are the same; change something", "apply")
    if not any(line.strip() for line in swap.search):
        return _put_in(answer, swap, parent)
    paths = _paths(swap, parent)
    failures: list[NotUnderstood] = []
    for path in paths:
        try:
            placed, settled = _placed(answer, swap, path, parent)
        except NotUnderstood as error:
            failures.append(error)
            continue
        if settled:
            answer.files[path], answer.changes[path] = answer.settled(path), []
        return _note(answer, placed, path)
    if not isinstance(failures[0], Unclear) or not _by_name(answer, swap, paths, parent):
        raise failures[0]
    return None


def _paths(swap: Swap, parent: Parent) -> list[str]:
    """Where to look for the lines: in the file that is named, then in the others."""
    path = target(swap.name, parent.files, parent.mutable, parent.main)
    paths = ([path] if path else []) + [other for other in parent.paths() if other != path]
    if not paths:
        raise unknown_file(swap.name, parent.files, parent.mutable)
    return paths


def _placed(answer: _Open, swap: Swap, path: str, parent: Parent) -> tuple[Placed, bool]:
    """Where `swap` fits in the file, and whether only once the changes that wait are made."""
    done = answer.changes.get(path, [])
    try:
        placed = place(swap, Page(answer.files[path]), parent.effort)
    except Unclear:
        if not done:
            raise
        return place(swap, Page(answer.settled(path)), parent.effort, exact=True), True
    if any(_collide(change, other) for change in placed.changes for other in done):
        try:
            return place(swap, Page(answer.settled(path)), parent.effort, exact=True), True
        except NotUnderstood:
            raise _Conflict from None
    return placed, False


def _collide(one: Change, other: Change) -> bool:
    return (one.start < other.end and other.start < one.end) or (one.start, one.end) == (
        other.start,
        other.end,
    )


def _note(answer: _Open, placed: Placed, path: str) -> None:
    changes = list(placed.changes)
    if placed.imports:
        page = Page(answer.files[path])
        near = changes[0].start if changes else page.blocks[0][0] if page.blocks else 0
        changes.append(import_change(placed.imports, page, near, None))
        answer.hows.append("imports moved inside the markers")
    answer.changes.setdefault(path, []).extend(changes)
    answer.n_applied += 1
    if placed.how:
        answer.hows.append(f"1 found {placed.how}")


def _put_in(answer: _Open, swap: Swap, parent: Parent) -> None:
    """A block without a SEARCH part: a new file, or code that says by its names where it belongs."""
    if not swap.replace:
        raise NotUnderstood(
            "the reply has an empty block; quote the lines to replace and write the new ones", "apply"
        )
    known = target(swap.name, parent.files, parent.mutable, None)
    if swap.name and known != swap.name and may_create(swap.name, parent.files, parent.mutable):
        answer.files[swap.name] = "\n".join(swap.replace) + "\n"
        answer.hows.append(f"{swap.name} added")
    elif not _by_name(answer, swap, [known] if known else parent.paths(), parent):
        raise Unclear("a block with an empty SEARCH part fits anywhere; quote the lines to replace")
    answer.n_applied += 1


def _by_name(answer: _Open, swap: Swap, paths: Sequence[str], parent: Parent) -> bool:
    """Whether the new lines are whole functions, which say by their names what they replace; then it is done."""
    for path in paths:
        try:
            files = {**answer.files, path: answer.settled(path)}
            _, text, how = fitted(Piece(path, swap.replace), parent, files)
        except NotUnderstood:
            continue
        if " replaced" in how:
            answer.files[path], answer.changes[path] = text, []
            answer.hows.append(how)
            answer.n_applied += 1
            return True
    return False


def _closed(answer: _Open, kind: str, n_blocks: int, parent: Parent) -> Answer:
    """The child, if all its blocks fit, or those that do stand on their own.

    Raises:
        NotUnderstood: they do not.
    """
    if not answer.n_applied:
        raise max(answer.missing, key=lambda error: (isinstance(error, Unclear), error.height))
    child = dict(answer.files)
    for path in answer.changes:
        child[path] = answer.settled(path)
    beyond = [
        error for error in answer.missing if not isinstance(error, Unclear) and "must stay" in str(error)
    ]
    if beyond:
        raise beyond[0]
    lost = [error for error in answer.missing if isinstance(error, Unclear)]
    if lost and not all(
        _stands_alone(child, path, parent) for path in child if child[path] != parent.files.get(path)
    ):
        raise lost[0]
    how = [f"{answer.n_applied} {kind}{'s' * (answer.n_applied > 1)}", *dict.fromkeys(answer.hows)]
    if answer.missing:
        how.append(f"{len(answer.missing)} left out")
    return Answer(child, ", ".join(how))


def _stands_alone(child: dict[str, str], path: str, parent: Parent) -> bool:
    """Whether a file that lacks some of its edits uses no name that it did not have before."""
    if not path.endswith(".py") or path not in parent.files:
        return False
    try:
        before = analyse(parse(parent.files[path], parent.effort)).unbound
        return not analyse(parse(child[path], parent.effort)).unbound - before
    except (Broken, RecursionError):
        return False
