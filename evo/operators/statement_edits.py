"""Changes to whole statements. Each returns no edits where it finds nothing to do."""

import ast
from collections.abc import Callable, Mapping

from evo.operators.chance import Chance
from evo.operators.grammar import Grammar
from evo.operators.program import Block, Place, Program
from evo.operators.region import Edit
from evo.operators.typed import Type
from evo.operators.writing import clipped, indentation, insertion, lines_of, newline, written

_KEPT = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Global,
    ast.Nonlocal,
)
"""Statements that others lean on: not deleted, copied or repeated."""

_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)
"""Statements after which a block does not go on."""

_MAX_REPEATS = 8


def delete_statement(program: Program, chance: Chance) -> list[Edit]:
    """Takes a statement out; a block that would be left empty gets a ``pass``."""
    found = [
        (block, statement)
        for block in program.blocks
        for statement in block.free
        if not isinstance(statement, (*_KEPT, ast.Return, ast.Pass))
    ]
    if not found:
        return []
    block, statement = chance.pick(found)
    left = f"{indentation(program, statement)}pass{newline(program)}" if len(block.body) == 1 else ""
    lines = program.source.lines(program.source.span(statement))
    return [Edit(lines, left, f"line {statement.lineno}: deleted `{clipped(program.text(statement))}`")]


def swap_statements(program: Program, chance: Chance) -> list[Edit]:
    """Exchanges two statements of one block."""
    blocks = [block for block in program.blocks if len(_movable(block)) > 1]
    if not blocks:
        return []
    one, other = chance.shuffled(_movable(chance.pick(blocks)))[:2]
    note = f"lines {one.lineno} and {other.lineno}: swapped"
    spans = [program.source.lines(program.source.span(statement)) for statement in (one, other)]
    return [Edit(spans[0], lines_of(program, other), note), Edit(spans[1], lines_of(program, one), note)]


def move_statement(program: Program, chance: Chance) -> list[Edit]:
    """Takes a statement to another place in its block."""
    blocks = [block for block in program.blocks if len(_movable(block)) > 1]
    if not blocks:
        return []
    moved, target = chance.shuffled(_movable(chance.pick(blocks)))[:2]
    note = f"line {moved.lineno}: `{clipped(program.text(moved))}` moved to line {target.lineno}"
    taken = Edit(program.source.lines(program.source.span(moved)), "", note)
    put = insertion(program, target, lines_of(program, moved), moved.lineno < target.lineno, note)
    return [] if taken.span.overlaps(put.span) else [taken, put]


def copy_statement(program: Program, chance: Chance) -> list[Edit]:
    """Puts a copy of a statement somewhere else, or right behind itself."""
    sources = [
        statement for statement in program.statements if not isinstance(statement, (*_KEPT, *_LEAVING))
    ]
    targets = [statement for statement in program.statements if not isinstance(statement, _KEPT)]
    if not sources or not targets:
        return []
    copied = chance.pick(sources)
    again = chance.true(0.3)
    target = copied if again else chance.pick(targets)
    after = again or (chance.true(0.5) and not isinstance(target, _LEAVING))
    note = f"line {copied.lineno}: `{clipped(program.text(copied))}` copied to line {target.lineno}"
    return [insertion(program, target, written(program, copied, indentation(program, target)), after, note)]


def insert_assignment(program: Program, chance: Chance) -> list[Edit]:
    """Adds a statement that changes something that is known there: ``x = x * y``."""
    found = [statement for statement in program.statements if not isinstance(statement, _KEPT)]
    if not found:
        return []
    neighbour = chance.pick(found)
    place = _behind(program, neighbour)
    choices = _changeable(program, neighbour, place)
    if not choices:
        return []
    target, kind = chance.pick(choices)
    grammar = Grammar(program, place, chance)
    value = grammar.grow(kind, _read(target)) if chance.true(0.8) else grammar.like(kind)
    if value is None:
        return []
    new = ast.Assign([target], value)
    after = _assigned(neighbour) is target
    text = written(program, new, indentation(program, neighbour))
    return [
        insertion(program, neighbour, text, after, f"line {neighbour.lineno}: inserted `{clipped(text)}`")
    ]


def wrap_statement(program: Program, chance: Chance) -> list[Edit]:
    """Puts a statement under a condition, or repeats it."""
    found = [statement for statement in program.statements if not isinstance(statement, (*_KEPT, ast.Return))]
    if not found:
        return []
    statement = chance.pick(found)
    place = _behind(program, statement)
    new: ast.stmt | None
    if chance.true(0.5) and not isinstance(statement, (ast.Break, ast.Continue)):
        times = ast.Constant(2 + chance.below(_MAX_REPEATS - 1))
        call = ast.Call(ast.Name("range", ast.Load()), [times], [])
        new = ast.For(ast.Name("_", ast.Store()), call, [statement], [])
    else:
        condition = Grammar(program, place, chance).comparison()
        new = ast.If(condition, [statement], []) if condition is not None else None
    if new is None:
        return []
    text = written(program, new, indentation(program, statement))
    lines = program.source.lines(program.source.span(statement))
    return [
        Edit(lines, text, f"line {statement.lineno}: wrapped in `{clipped(text.strip().splitlines()[0])}`")
    ]


STATEMENT_EDITS: Mapping[str, Callable[[Program, Chance], list[Edit]]] = {
    "delete": delete_statement,
    "swap": swap_statements,
    "move": move_statement,
    "copy": copy_statement,
    "insert": insert_assignment,
    "wrap": wrap_statement,
}


def _movable(block: Block) -> list[ast.stmt]:
    """Statements of `block` whose order among each other may change."""
    return [statement for statement in block.free if not isinstance(statement, (*_KEPT, *_LEAVING))]


def _assigned(statement: ast.stmt) -> ast.expr | None:
    """The one thing that `statement` assigns to, unless it takes it apart."""
    target = (
        statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    )
    if isinstance(statement, ast.AugAssign):
        target = statement.target
    return target if isinstance(target, ast.Name | ast.Subscript | ast.Attribute) else None


def _behind(program: Program, statement: ast.stmt) -> Place:
    """A place at `statement` for expressions that stand in no expression."""
    return Place(ast.Constant(0), statement, "value", statement, frozenset())


def _changeable(program: Program, statement: ast.stmt, place: Place) -> list[tuple[ast.expr, Type]]:
    """What an assignment next to `statement` could change: what it assigns itself, or a name known there."""
    own = _assigned(statement)
    found: list[tuple[ast.expr, Type]] = []
    if own is not None and program.type_of(own).is_numeric:
        found += [(own, program.type_of(own))] * 2
    return found + [
        (ast.Name(name, ast.Store()), kind)
        for name, kind in program.typed_names(statement, place.bound).items()
        if kind.is_numeric and name in program.scopes.before.get(statement, frozenset())
    ]


def _read(target: ast.expr) -> ast.expr:
    """`target` as something that is read."""
    return ast.parse(ast.unparse(target), mode="eval").body
