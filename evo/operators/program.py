"""One Python file as the operators on syntax trees see it: what may be changed, and what is known there."""

import ast
import builtins
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from evo.operators.inference import Inference
from evo.operators.region import Source
from evo.operators.scope import COMPREHENSION_TYPES, FUNCTION_TYPES, Names, analyse, free_names, parameters
from evo.operators.tree import children, dotted, walk
from evo.operators.typed import UNKNOWN, Type, fits

_NO_PLACES = frozenset(
    {"annotation", "returns", "decorator_list", "type_params", "pattern", "bases", "names"}
)
"""Fields below which nothing is changed."""

_SHAPES = frozenset(
    ["numpy.zeros", "numpy.ones", "numpy.empty", "numpy.eye", "numpy.full", ".reshape", ".astype"]
)
"""Calls whose arguments fix a shape or a type: nearly every change of one breaks the program."""

_SETTINGS = frozenset(["axis", "dtype", "keepdims", "ndmin", "order", "size", "shape", "indexing", "mode"])
"""Keyword arguments of that kind."""

MAX_NODES = 20_000
"""Programs with more nodes than this are left alone: one proposal has a few milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An expression that may be replaced.

    Attributes:
        node: the expression.
        parent: the node that it stands in.
        field: of `parent`.
        statement: the statement that it is evaluated in.
        bound: names that comprehensions and lambdas around it bind.
    """

    node: ast.expr
    parent: ast.AST
    field: str
    statement: ast.stmt
    bound: Names


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A list of statements that all may be changed, or some of them.

    Attributes:
        owner: what the block belongs to.
        body: all its statements, in order.
        free: those that stand on lines of their own inside the mutable region.
    """

    owner: ast.AST
    body: list[ast.stmt]
    free: list[ast.stmt]


class Unreadable(ValueError):
    """The text is no Python program that the operators can work on; the message says why."""


class Program:
    """A parsed file.

    Attributes:
        source: its text and mutable blocks.
        tree: its syntax tree.
        places: the expressions in the mutable region that may be replaced.
        blocks: the lists of statements that have some in the mutable region.
        n_nodes: nodes of the whole tree.
        depth: of the deepest node.
    """

    def __init__(self, text: str) -> None:
        """Reads `text`.

        Raises:
            Unreadable: it does not parse, or is too large or too deep.
        """
        self.source = Source(text)
        self.tree = parse(text)
        self.places: list[Place] = []
        self.blocks: list[Block] = []
        self.n_nodes = 0
        self.depth = 0
        try:
            self._collect()
            self.scopes = analyse(self.tree)
        except RecursionError:
            raise Unreadable("it is nested too deep") from None

    @cached_property
    def inference(self) -> Inference:
        """The types of its expressions."""
        return Inference(self.tree)

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Every statement that may be moved, copied or deleted."""
        return [statement for block in self.blocks for statement in block.free]

    @cached_property
    def by_type(self) -> dict[Type, list[ast.expr]]:
        """Expressions anywhere in the file, by type; those of unknown type are left out."""
        found: dict[Type, list[ast.expr]] = {}
        for node in walk(self.tree):
            kind = self.inference.of(node)
            if kind != UNKNOWN and isinstance(node, ast.expr) and _is_read(node):
                found.setdefault(kind, []).append(node)
        return found

    @cached_property
    def spellings(self) -> dict[Place, str]:
        """What each place says, whatever its layout."""
        return {place: ast.dump(place.node) for place in self.places}

    @cached_property
    def modules(self) -> dict[str, str]:
        """``numpy`` -> the name it is imported under here, for modules imported at the top."""
        top = {
            alias.asname or alias.name: alias.name
            for statement in self.tree.body
            if isinstance(statement, ast.Import)
            for alias in statement.names
        }
        return {module: name for name, module in top.items()}

    def type_of(self, node: ast.AST) -> Type:
        """Type of an expression of this file."""
        return self.inference.of(node)

    def names_at(self, place: Place) -> Names:
        """Names that can be read at `place`."""
        return self.scopes.at(place.statement) | place.bound

    def function_of(self, statement: ast.stmt) -> str:
        """Name of the function that `statement` runs in; empty at the top of a file."""
        scope = self.scopes.scope.get(statement, self.tree)
        return scope.name if isinstance(scope, FUNCTION_TYPES) else ""

    def typed_names(self, statement: ast.stmt, bound: Names = frozenset()) -> dict[str, Type]:
        """Names that can be read when `statement` starts, with their types where these are known."""
        scope = self.scopes.scope.get(statement, self.tree)
        own = self.inference.names.get(scope, {})
        top = self.inference.names[self.tree]
        here = self.scopes.at(statement) | bound
        kinds = {name: own.get(name, top.get(name, UNKNOWN)) for name in sorted(here)}
        return {name: kind for name, kind in kinds.items() if kind != UNKNOWN}

    def alike(self, kind: Type, names: Names) -> list[ast.expr]:
        """Expressions of this file that fit a place of type `kind` where `names` can be read."""
        return [
            node
            for other, nodes in self.by_type.items()
            if fits(kind, other)
            for node in nodes
            if self.free_names(node) <= names
        ]

    def line(self, node: ast.expr | ast.stmt) -> int:
        """Number of the line that `node` starts on."""
        return node.lineno

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The source text of `node`."""
        return self.source.slice(self.source.span(node))

    def free_names(self, node: ast.expr) -> Names:
        """Names that `node` reads from around itself, builtins not counted."""
        cached: Names | None = getattr(node, "free_names", None)
        if cached is None:
            cached = free_names(node) - self._known_anywhere
            node.free_names = cached  # type: ignore[attr-defined]  # kept with the node, which lives as long
        return cached

    @cached_property
    def _known_anywhere(self) -> Names:
        """Names that need no check: builtins are not among a statement's names."""
        return frozenset(_BUILTIN_NAMES) - self.scopes.locals[self.tree]

    def _collect(self) -> None:
        """Fills `places` and `blocks`; goes down without recursion."""
        waiting: list[tuple[ast.AST, ast.AST, str, ast.stmt | None, Names, int]] = [
            (self.tree, self.tree, "", None, frozenset(), 0)
        ]
        while waiting:
            node, parent, name, statement, bound, depth = waiting.pop()
            self.n_nodes += 1
            self.depth = max(self.depth, depth)
            if self.n_nodes > MAX_NODES:
                raise Unreadable(f"it has more than {MAX_NODES} nodes")
            if isinstance(node, ast.stmt):
                statement, bound = node, frozenset()
            elif isinstance(node, ast.expr) and statement is not None and self._is_place(node, parent, name):
                self.places.append(Place(node, parent, name, statement, bound))
            if isinstance(node, ast.JoinedStr):
                continue  # its parts have no trustworthy positions before Python 3.12
            inner = bound | _binds(node)
            below = [
                (child, node, field, statement, bound if field == "generators" else inner, depth + 1)
                for child, field in children(node)
                if field not in _NO_PLACES and not _fixed(node, field, child)
            ]
            waiting += reversed(below)
            self._collect_blocks(node)

    def _collect_blocks(self, node: ast.AST) -> None:
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                free = [statement for statement in body if self._stands_alone(statement)]
                if free:
                    self.blocks.append(Block(node, body, free))

    def _stands_alone(self, statement: ast.stmt) -> bool:
        """Whether `statement` has its lines for itself, may be changed, and is no docstring."""
        span = self.source.span(statement)
        lines = self.source.lines(span)
        before = self.source.data[lines.start : span.start]
        after = self.source.data[span.end : lines.end].strip()
        return (
            self.source.mutable(lines)
            and not before.strip(b" \t\f")
            and (not after or after.startswith(b"#"))
            and not is_docstring(statement)
        )

    def _is_place(self, node: ast.expr, parent: ast.AST, name: str) -> bool:
        return (
            _is_read(node)
            and not isinstance(node, ast.Slice | ast.Starred | ast.JoinedStr | ast.FormattedValue)
            and not (name == "func" and isinstance(parent, ast.Call))
            and not (name == "value" and isinstance(parent, ast.Attribute) and dotted(node) != "")
            and not (name == "value" and isinstance(parent, ast.Subscript) and not _is_read(parent))
            and not (isinstance(parent, ast.Expr) and isinstance(node, ast.Constant))
            and not (isinstance(parent, ast.Tuple) and isinstance(node, ast.Slice))
            and not (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
            and self.source.mutable(self.source.span(node))
        )


def reader(size: int = 64) -> Callable[[str], Program]:
    """`Program` with a memory of the last `size` texts: parents come again and again."""
    return lru_cache(maxsize=size)(Program)


def parse(text: str) -> ast.Module:
    """The syntax tree of `text`.

    Raises:
        Unreadable: there is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful escape in a candidate is no business of ours
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"it does not parse: {type(error).__name__}: {error}") from None


def is_docstring(statement: ast.stmt) -> bool:
    """Whether `statement` is nothing but a text."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _binds(node: ast.AST) -> Names:
    """Names that `node` binds for what is below it."""
    if isinstance(node, ast.Lambda):
        return frozenset(parameter.arg for parameter in parameters(node.args))
    if isinstance(node, COMPREHENSION_TYPES):
        return frozenset(
            part.id
            for generator in node.generators
            for part in walk(generator.target)
            if isinstance(part, ast.Name)
        )
    return frozenset()


def _fixed(node: ast.AST, field: str, child: ast.AST) -> bool:
    """Whether `child` of `node` gives a shape, a type or an axis."""
    if isinstance(node, ast.keyword):
        return node.arg in _SETTINGS
    if isinstance(node, ast.Call) and field == "args":
        name = dotted(node.func)
        method = f".{node.func.attr}" if isinstance(node.func, ast.Attribute) else ""
        return name.replace("np.", "numpy.", 1) in _SHAPES or method in _SHAPES
    return field == "keys" and isinstance(node, ast.Dict)


_BUILTIN_NAMES = dir(builtins)
