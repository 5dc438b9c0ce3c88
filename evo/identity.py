"""What makes two candidates the same: the hash of their normalised files.

Two Python files that differ only in layout, comments or docstrings are one candidate, and so are
two agent designs (``design.yaml``) that differ only in order, comments or the spelling of values;
other files are compared without trailing space and blank lines. A file that does not parse is
compared as text, so a broken candidate still has an id.
"""

import ast
import hashlib
from collections.abc import Callable, Mapping

from evo import document

ID_LENGTH = 16
"""Hex digits of an id: 64 bits, a collision is expected after some four billion candidates."""


def normalise(path: str, text: str) -> str:
    """The part of one file that carries meaning, as text that only serves comparison."""
    if path.endswith(".py"):
        try:
            tokens: list[str] = []
            _write(ast.parse(text), tokens.append)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass  # broken, or nested too deep to walk: compared as plain text, for it needs an id too
        else:
            return " ".join(tokens)
    elif path in document.DESIGN_FILES:
        try:
            return document.canonical(document.read(path, text))
        except ValueError:
            pass
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def candidate_id(files: Mapping[str, str]) -> str:
    """Id of a candidate: 16 hex digits over its normalised files and their names."""
    digest = hashlib.blake2b(digest_size=ID_LENGTH // 2)
    for path in sorted(files):
        body = normalise(path, files[path]).encode("utf-8", "surrogatepass")
        digest.update(f"{len(path)}:{path}:{len(body)}:".encode("utf-8", "surrogatepass"))
        digest.update(body)
    return digest.hexdigest()


_IGNORED = ("ctx", "type_comment", "kind")
"""Fields of a syntax tree that say nothing which its form does not say already."""

_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


_Shape = tuple[str, tuple[str, ...], bool]

_SHAPES: dict[type[ast.AST], _Shape] = {}
"""Kind of node -> its name, its meaningful fields, and whether a docstring may stand in its body."""


def _shape(kind: type[ast.AST]) -> _Shape:
    found = _SHAPES.get(kind)
    if found is None:
        fields = tuple(name for name in kind._fields if name not in _IGNORED)
        found = _SHAPES[kind] = (kind.__name__, fields, issubclass(kind, _DOCUMENTED))
    return found


def _write(node: ast.AST, put: Callable[[str], None]) -> None:
    """Hands the tree to `put` in pre-order; four times as fast as `ast.dump`, which is most of an id's price."""
    name, fields, documented = _shape(type(node))
    put(name)
    for field in fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            _write(value, put)
        elif isinstance(value, list):
            put("[")
            for item in value[1:] if documented and field == "body" and _is_docstring(value) else value:
                if isinstance(item, ast.AST):
                    _write(item, put)
                else:
                    put(repr(item))
            put("]")
        else:
            put(repr(value))


def _is_docstring(body: list[ast.stmt]) -> bool:
    first = body[0] if body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
