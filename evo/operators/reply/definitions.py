"""What a Python file defines, where, and whether it may change."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement with a name.

    Attributes:
        names: what it binds.
        node: the statement.
        start, end: its lines from 0, decorators included; `end` is not.
        owner: the class or function it stands in; None at the margin.
    """

    names: tuple[str, ...]
    node: ast.stmt
    start: int
    end: int
    owner: Definition | None = None


def units(tree: ast.Module) -> list[Unit]:
    """The statements at the margin, in order."""
    return [_unit(node, None) for node in tree.body]


def nested(tree: ast.Module) -> list[Unit]:
    """The functions and classes that stand inside of others."""
    return [_unit(node, owner) for owner, node in _below(tree.body, None) if owner is not None]


def is_definition(node: ast.AST) -> TypeGuard[Definition]:
    """Whether `node` is a function or a class."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def is_import(node: ast.AST) -> TypeGuard[ast.Import | ast.ImportFrom]:
    """Whether `node` is an import."""
    return isinstance(node, ast.Import | ast.ImportFrom)


def is_main_guard(node: ast.stmt) -> bool:
    """Whether `node` is ``if __name__ == "__main__"``."""
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )


def imported(nodes: Sequence[ast.stmt]) -> set[str]:
    """What the imports among `nodes` bring in, one entry a name, written out."""
    return {name for node in nodes if is_import(node) for name in _imports(node)}


def new_imports(nodes: Sequence[ast.stmt], have: set[str]) -> list[str]:
    """Import lines for what `nodes` bring in beyond `have`; a star or a future import is none."""
    wanted = dict.fromkeys(name for node in nodes if is_import(node) for name in _imports(node))
    return [name for name in wanted if name not in have and "*" not in name and "__future__" not in name]


def same_parameters(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether two functions take the same."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    if not (isinstance(one, functions) and isinstance(other, functions)):
        return False
    return [arg.arg for arg in one.args.args] == [arg.arg for arg in other.args.args]


def mentioned(nodes: Sequence[ast.AST]) -> set[str]:
    """Names and attributes that occur below `nodes`."""
    found = set()
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                found.add(part.id)
            elif isinstance(part, ast.Attribute):
                found.add(part.attr)
    return found


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        bound = alias.name if alias.asname in (None, alias.name) else f"{alias.name} as {alias.asname}"
        if isinstance(node, ast.Import):
            yield f"import {bound}"
        else:
            yield f"from {'.' * node.level}{node.module or ''} import {bound}"


def _unit(node: ast.stmt, owner: Definition | None) -> Unit:
    first = min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", ()))])
    return Unit(_names(node), node, first - 1, node.end_lineno or node.lineno, owner)


def _names(node: ast.stmt) -> tuple[str, ...]:
    if is_definition(node):
        return (node.name,)
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    return tuple(part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _below(
    body: Sequence[ast.stmt], owner: Definition | None
) -> Iterator[tuple[Definition | None, Definition]]:
    """Every definition with the one it stands in; a stack, since programs may be nested deeply."""
    waiting: list[tuple[Definition | None, ast.AST]] = [(owner, node) for node in reversed(body)]
    while waiting:
        around, node = waiting.pop()
        if is_definition(node):
            yield around, node
            around = node
        waiting += [(around, child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
