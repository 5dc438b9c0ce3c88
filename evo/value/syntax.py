"""What a Python program is made of: counts over its syntax tree, the calls in it, its words and constants."""

import ast
import warnings
from collections import Counter
from dataclasses import dataclass, field
from math import prod
from zlib import crc32

from evo.value.bags import words_of

MOST_CONSTANTS = 32
"""Numeric constants that are kept of a program, in the order of the text."""

UNKNOWN_TRIPS = 3.0
"""Turns that a loop of unknown length is taken to make."""

MOST_TURNS = 1e6
"""Where nested loops stop counting."""

COUNTED = (
    *("Assign", "AugAssign", "Attribute", "BinOp", "BoolOp", "Call", "Compare", "Constant", "Dict", "Div"),
    *("ExceptHandler", "Expr", "For", "FunctionDef", "GeneratorExp", "If", "IfExp", "JoinedStr", "Lambda"),
    *("List", "ListComp", "Mult", "Name", "Pow", "Raise", "Return", "Slice", "Starred", "Sub", "Subscript"),
    *("Try", "Tuple", "UnaryOp", "While", "With", "Await", "Break", "Continue", "ClassDef", "Import"),
)
"""Kinds of nodes that are counted each on its own."""

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NESTING = (*_LOOPS, ast.If, ast.With, ast.Try, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ALIKE = {"AsyncFunctionDef": "FunctionDef", "AsyncFor": "For", "AsyncWith": "With", "ImportFrom": "Import"}


@dataclass(slots=True)
class Syntax:
    """Counts over one program.

    Attributes:
        kinds: of nodes, by name.
        calls: what is called and with which named arguments, as texts.
        words: of the string constants.
        constants: numeric ones, in the order of the text, the first `MOST_CONSTANTS`.
        skeleton: hash of everything but names and constants.
        nodes, depth, nesting, loops_deep: size of the tree, its depth, the deepest nesting of blocks and of loops.
        turns: calls, each as often as the loops around it are thought to turn.
        looped: calls inside a loop.
        characters: in string constants.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)
    skeleton: int = 0
    nodes: int = 0
    depth: int = 0
    nesting: int = 0
    loops_deep: int = 0
    turns: float = 0.0
    looped: int = 0
    characters: int = 0


def syntax_of(text: str) -> Syntax | None:
    """What the program `text` is made of; None if it is no Python program, or nested too deep."""
    walk = _Walk()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a candidate's odd escapes are no news
            tree = ast.parse(text)
        walk.visit(tree, 0, 0, 0, 1.0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return walk.finish()


class _Walk:
    """One pass over a tree. Names that are given a whole number once are followed into ``range``."""

    def __init__(self) -> None:
        self.found = Syntax()
        self.kinds: list[str] = []
        self.lengths: dict[str, float] = {}

    def visit(self, node: ast.AST, depth: int, nesting: int, loops: int, turns: float) -> None:
        found, kind = self.found, type(node)
        self.kinds.append(kind.__name__)
        found.depth = max(found.depth, depth)
        if kind is ast.Constant:
            self._constant(node.value)  # type: ignore[attr-defined]
            return
        if kind is ast.Name:
            return
        once = (loops, turns)
        if kind in _LOOPS or kind in _COMPREHENSIONS:
            loops, turns = loops + 1, min(turns * self._turns(node), MOST_TURNS)
            found.loops_deep = max(found.loops_deep, loops)
        elif kind is ast.Call:
            self._call(node, loops, turns)  # type: ignore[arg-type]
        elif kind is ast.Assign:
            self._assign(node)  # type: ignore[arg-type]
        if kind in _NESTING:
            nesting += 1
            found.nesting = max(found.nesting, nesting)
        for name in kind._fields:
            value = getattr(node, name, None)
            for item in value if value.__class__ is list else (value,):
                if isinstance(item, ast.AST) and name != "ctx":
                    # What a loop goes over is made once.
                    around = once if name == "iter" else (loops, turns)
                    self.visit(item, depth + 1, nesting, *around)

    def finish(self) -> Syntax:
        found = self.found
        found.nodes = len(self.kinds)
        found.skeleton = crc32(" ".join(self.kinds).encode())
        found.kinds = Counter(self.kinds)
        del found.constants[MOST_CONSTANTS:]
        for odd, common in _ALIKE.items():
            found.kinds[common] += found.kinds.pop(odd, 0)
        return found

    def _constant(self, value: object) -> None:
        if isinstance(value, str):
            self.found.characters += len(value)
            self.found.words += words_of(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            # A whole number beyond every float has to be cut before it is one.
            self.found.constants.append(float(max(min(value, 1e300), -1e300)))

    def _call(self, node: ast.Call, loops: int, turns: float) -> None:
        name = _last_name(node.func)
        self.found.calls.append(name)
        self.found.calls.append(f"{name}({len(node.args)}")
        if loops:
            self.found.calls.append(f"{name} looped")
            self.found.looped += 1
        self.found.turns += turns
        for argument in node.keywords:
            text = f"{argument.arg}="
            self.found.calls.append(text)
            if isinstance(argument.value, ast.Constant):
                self.found.calls.append(f"{text}{argument.value.value!r}"[:80])

    def _assign(self, node: ast.Assign) -> None:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            length = _length(node.value)
            if length is not None:
                self.lengths[node.targets[0].id] = length

    def _turns(self, node: ast.AST) -> float:
        """How often the body of a loop, or of a comprehension, is thought to run."""
        if isinstance(node, _COMPREHENSIONS):
            return prod(self._trips(part.iter) for part in node.generators)
        return self._trips(getattr(node, "iter", None))

    def _trips(self, over: ast.AST | None) -> float:
        """How often a loop over `over` turns, as far as that is written down."""
        if isinstance(over, ast.Call) and _last_name(over.func) in ("range", "enumerate") and over.args:
            return self._trips(over.args[-1] if len(over.args) < 3 else over.args[1])
        if isinstance(over, ast.Name):
            return self.lengths.get(over.id, UNKNOWN_TRIPS)
        found = None if over is None else _length(over)
        return UNKNOWN_TRIPS if found is None else found


def _length(node: ast.AST) -> float | None:
    """A whole number that is written there, or the length of a list that is; at least 1."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return float(min(max(node.value, 1), MOST_TURNS))
    if isinstance(node, ast.List | ast.Tuple):
        return float(max(len(node.elts), 1))
    return None


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else type(node).__name__
