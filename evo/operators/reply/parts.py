"""Python definitions of a reply take the place of those with the same names."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from evo.operators.reply.code import Parsed
from evo.operators.reply.definitions import (
    Unit,
    imported,
    is_definition,
    is_import,
    is_main_guard,
    mentioned,
    nested,
    new_imports,
    same_parameters,
    units,
)
from evo.operators.reply.layout import in_units, indentation, indented, levelled, unit
from evo.operators.reply.outcome import NotUnderstood, quote
from evo.operators.reply.page import Change, Page


@dataclass(slots=True)
class _Merge:
    """What becomes of the page."""

    reply: Parsed
    page: Page
    tree: ast.Module
    changes: list[Change] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    waiting: list[str] = field(
        default_factory=list
    )  # lines of new definitions, to go before the next old one


def merged(reply: Parsed, page: Page, tree: ast.Module) -> tuple[list[Change], str]:
    """The changes that `reply` makes to `page`, and what they are.

    Each definition or assignment that the mutable region has by that name is replaced, wherever it
    stands, and gets its indentation. New ones go before the next of these. What is defined outside of
    the region stays as it is; new imports go to its start.

    Args:
        reply: the code.
        page: the file.
        tree: its syntax tree.

    Raises:
        NotUnderstood: none of the names of `reply` is one that may be replaced.
    """
    old_units, inner = units(tree), nested(tree)
    old = {name: one for one in old_units for name in one.names}
    reply = _renamed(reply, page, old_units)
    merge = _Merge(reply, page, tree)
    done: set[int] = set()
    for new in _last_of_each(units(reply.tree)):
        if not new.names or is_main_guard(new.node):
            continue
        place = old.get(new.names[0]) or _nested_place(new, inner, page)
        if place is None:
            _add(merge, new)
        elif page.mutable(place.start, place.end) and place.start not in done:
            done.add(place.start)
            _replace(merge, new, place)
    if not merge.replaced:
        raise _nothing_fits(reply, page, [*old_units, *inner])
    if merge.waiting:
        end = max(change.end for change in merge.changes)
        merge.changes.append(Change(end, end, ("", "", *merge.waiting[:-2])))
    imports = new_imports(reply.tree.body, imported(tree.body))
    if imports:
        near = min(change.start for change in merge.changes)
        merge.changes.insert(0, import_change(imports, page, near, tree))
    what = f"{', '.join(merge.replaced[:4])} replaced"
    return merge.changes, f"{what}, {', '.join(merge.added[:4])} added" if merge.added else what


def import_change(imports: Sequence[str], page: Page, near: int, tree: ast.Module | None) -> Change:
    """New import lines at the start of the mutable block that holds line `near`, behind those that are there."""
    first, last = next((block for block in page.blocks if block[0] <= near <= block[1]), page.blocks[0])
    row = first
    for node in tree.body if tree is not None else ():
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (is_import(node) or (docstring and node is tree.body[0] if tree else False)):
            continue
        if first <= node.lineno - 1 and (node.end_lineno or 0) <= last:
            row = node.end_lineno or row
    space = ["", ""] if row == first and is_definition_line(page.lines, row) else []
    here = next((line for line in page.lines[row:last] if line.strip()), "")
    return Change(row, row, tuple(indented([*imports, *space], indentation(here) if page.marked else "")))


def is_definition_line(lines: Sequence[str], row: int) -> bool:
    """Whether a function or class begins at line `row`, at the margin."""
    return row < len(lines) and lines[row].startswith(("def ", "async def ", "class ", "@"))


def _last_of_each(found: Sequence[Unit]) -> list[Unit]:
    """Only the last definition of a name counts, as it does when Python runs them."""
    last = {one.names: number for number, one in enumerate(found) if one.names}
    return [one for number, one in enumerate(found) if last.get(one.names) == number]


def _lines(reply: Parsed, one: Unit, page: Page) -> list[str]:
    return in_units(levelled(reply.lines[one.start : one.end]), unit(page.lines))


def _add(merge: _Merge, new: Unit) -> None:
    reply = merge.reply
    start = new.start
    while start > 0 and reply.lines[start - 1].startswith("#"):
        start -= 1
    comment = reply.lines[start : new.start]
    space = ["", ""] if is_definition(new.node) else [""]
    merge.waiting += [*comment, *_lines(reply, new, merge.page), *space]
    merge.added.append(new.names[0])


def _replace(merge: _Merge, new: Unit, place: Unit) -> None:
    reply, page = merge.reply, merge.page
    lines = _lines(reply, new, page)
    if isinstance(new.node, ast.ClassDef) and isinstance(place.node, ast.ClassDef):
        lines += _kept_methods(new.node, place.node, reply, page, merge.tree)
    prefix = indentation(page.lines[place.start])
    if merge.waiting and not prefix:
        merge.changes.append(Change(place.start, place.start, tuple(merge.waiting)))
        merge.waiting = []
    merge.changes.append(Change(place.start, place.end, tuple(indented(lines, prefix))))
    merge.replaced.append(new.names[0])


def _kept_methods(
    new: ast.ClassDef, old: ast.ClassDef, reply: Parsed, page: Page, tree: ast.Module
) -> list[str]:
    """Lines of the old class's methods that the new one lacks and that are still called."""
    have = {node.name for node in new.body if is_definition(node)}
    called = mentioned(reply.tree.body) | mentioned([node for node in tree.body if node is not old])
    prefix = indentation(page.lines[old.lineno - 1])
    lines: list[str] = []
    for node in old.body:
        if is_definition(node) and node.name not in have and (node.name in called or node.name == "__init__"):
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)]) - 1
            lines += ["", *(line.removeprefix(prefix) for line in page.lines[first : node.end_lineno])]
    return lines


def loses_methods(reply: Parsed, page: Page, tree: ast.Module) -> bool:
    """Whether a class of `reply` lacks methods of the old one that are still called."""
    old = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return any(
        isinstance(node, ast.ClassDef)
        and node.name in old
        and _kept_methods(node, old[node.name], reply, page, tree)
        for node in reply.tree.body
    )


def _nested_place(new: Unit, inner: Sequence[Unit], page: Page) -> Unit | None:
    if not is_definition(new.node):
        return None
    found = [one for one in inner if one.names == new.names and page.mutable(one.start, one.end)]
    return found[0] if len(found) == 1 else None


def _renamed(reply: Parsed, page: Page, old: Sequence[Unit]) -> Parsed:
    """`reply` under the old name, if it has one function, and the region one that takes the same."""
    mine = [one for one in units(reply.tree) if is_definition(one.node)]
    theirs = [one for one in old if is_definition(one.node) and page.mutable(one.start, one.end)]
    if len(mine) != 1 or any(mine[0].names == one.names for one in old):
        return reply
    fits = [one for one in theirs if same_parameters(one.node, mine[0].node)]
    if len(theirs) != 1 or not fits:
        return reply
    pattern = re.compile(rf"\b{re.escape(mine[0].names[0])}\b")
    lines = [pattern.sub(fits[0].names[0], line) for line in reply.lines]
    node = mine[0].node
    if is_definition(node):
        node.name = fits[0].names[0]
    return Parsed(lines, reply.tree, reply.whole)


def _nothing_fits(reply: Parsed, page: Page, old: Sequence[Unit]) -> NotUnderstood:
    mine = list(dict.fromkeys(one.names[0] for one in units(reply.tree) if one.names))
    theirs = [one.names[0] for one in old if one.names and page.mutable(one.start, one.end)]
    what = (
        f"the code of the reply defines {quote(', '.join(mine[:8]))}"
        if mine
        else "the code of the reply defines nothing"
    )
    return NotUnderstood(
        f"{what}, but what may change is {quote(', '.join(dict.fromkeys(theirs))) if theirs else 'the text between the markers'}; "
        "keep the names and send the whole function",
        "apply",
    )
