"""What new expressions are made of: templates by type, filled with what the program has at hand.

A template is Python with capital letters in it:

=== ==========================================================================
A   something of the place's own type
B   the same, or for an array also a plain number
C   a constant
K   a small whole number
P   something numeric to compare with `Q`: arrays of the place's shape or numbers
V   a name that holds an array
L   a name that holds a list or an array
=== ==========================================================================
"""

import ast
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from evo.operators.chance import Chance
from evo.operators.local_search import rounded
from evo.operators.program import Place, Program
from evo.operators.typed import BOOL, FLOAT, INT, Type, array, fits

SPREAD = 2.0
"""Standard deviation of the natural logarithm of a new constant."""

Sort = Literal["number", "int", "bool", "array", "mask", "numeric", "list"]

GROWING: Mapping[Sort, Mapping[str, float]] = {
    "number": {
        "A + B": 2,
        "A - B": 2,
        "A * B": 2,
        "A * C": 3,
        "A + C": 3,
        "A / (abs(B) + C)": 1,
        "A ** C": 0.5,
        "min(A, B)": 1,
        "max(A, B)": 1,
        "abs(A)": 0.5,
        "A if P < Q else B": 1,
        "math.sin(A)": 0.5,
        "math.sqrt(abs(A))": 0.5,
        "np.sin(A)": 0.5,
        "np.sqrt(abs(A))": 0.5,
        "np.exp(-abs(A))": 0.5,
    },
    "int": {
        "A + K": 2,
        "A - K": 2,
        "A + B": 1,
        "A * K": 1,
        "A // K": 1,
        "max(A, B)": 0.5,
        "min(A, B)": 0.5,
        "A % K": 1,
    },
    "bool": {"not A": 1, "A and P < Q": 1, "A or P < Q": 1},
    "array": {
        "A + B": 3,
        "A - B": 3,
        "A * B": 3,
        "A / (np.abs(B) + C)": 1.5,
        "A * C": 3,
        "A + C": 2,
        "A ** 2": 1,
        "A ** C": 0.5,
        "np.abs(A)": 0.5,
        "np.sqrt(np.abs(A))": 0.5,
        "np.exp(-np.abs(A))": 0.5,
        "np.log1p(np.abs(A))": 0.5,
        "np.tanh(A)": 0.5,
        "np.sin(A)": 0.5,
        "np.minimum(A, B)": 1,
        "np.maximum(A, B)": 1,
        "np.where(P < Q, A, B)": 2,
        "np.where(P < Q, A, C * A)": 1,
        "A + C * (P < Q)": 2,
        "A - C * (P < Q)": 2,
    },
    "mask": {"~A": 1, "A & (P < Q)": 1, "A | (P < Q)": 1},
    "numeric": {
        "A + B": 2,
        "A - B": 2,
        "A * B": 2,
        "A * C": 3,
        "A + C": 2,
        "A ** 2": 1,
        "abs(A)": 0.5,
        "np.where(P < Q, A, B)": 1,
    },
    "list": {"A[::-1]": 1, "sorted(A)": 1, "A + A": 0.5, "A[K:]": 0.5},
}
"""Ways to build on an expression A, with their weights."""

FRESH: Mapping[Sort, Mapping[str, float]] = {
    "number": {"np.max(V)": 1, "np.min(V)": 1, "np.mean(V)": 1, "np.std(V)": 0.5, "np.sum(V)": 0.5, "C": 4},
    "int": {"len(L)": 1, "K": 3},
    "bool": {"P < Q": 3, "P > Q": 3},
    "array": {},
    "mask": {"P < Q": 1, "P > Q": 1},
    "numeric": {"C": 1},
    "list": {},
}
"""Ways to build something out of nothing."""


def sort_of(kind: Type) -> Sort | None:
    """Which templates suit a place of type `kind`; None if none do."""
    if kind.kind == "array":
        return "mask" if kind.is_mask else "array"
    sorts: dict[str, Sort] = {
        "float": "number",
        "int": "int",
        "bool": "bool",
        "numeric": "numeric",
        "list": "list",
    }
    return sorts.get(kind.kind)


class Grammar:
    """Makes expressions for one place of one program.

    Args:
        depth: how many templates may be nested in one another.
    """

    def __init__(self, program: Program, place: Place, chance: Chance, depth: int = 2) -> None:
        self.program = program
        self.place = place
        self.chance = chance
        self.depth = depth
        self.names = program.typed_names(place.statement, place.bound)
        # a function that is made to call itself mostly never returns
        self._readable = program.names_at(place) - {program.function_of(place.statement)}

    def like(self, kind: Type, depth: int | None = None) -> ast.expr | None:
        """Something new of type `kind`: a name, a copy from elsewhere, or made from a template."""
        depth = self.depth if depth is None else depth
        ways: list[Callable[[], ast.expr | None]] = [lambda: self._named(kind), lambda: self._copied(kind)]
        if depth > 0:
            ways += [lambda: self._made(kind, depth - 1), lambda: self._grown(kind, depth - 1)]
        for way in self.chance.shuffled(ways):
            made = way()
            if made is not None:
                return made
        return self._constant(kind)

    def grow(self, kind: Type, node: ast.expr) -> ast.expr | None:
        """`node`, of type `kind`, with something built around it."""
        sort = sort_of(kind)
        return self._fill(GROWING[sort], kind, self.depth - 1, node) if sort else None

    def comparison(self) -> ast.expr | None:
        """A condition on what is known here."""
        return self._fill(FRESH["bool"], BOOL, self.depth - 1)

    def constant(self) -> ast.expr:
        """A positive constant; small and large ones are equally likely, on a logarithmic scale."""
        return ast.Constant(rounded(math.exp(self.chance.normal() * SPREAD)))

    def _named(self, kind: Type) -> ast.expr | None:
        names = [name for name, other in self.names.items() if fits(kind, other)]
        return ast.Name(self.chance.pick(names), ast.Load()) if names else None

    def _copied(self, kind: Type) -> ast.expr | None:
        found = self.program.alike(kind, self._readable)
        return self.chance.pick(found) if found else None

    def _made(self, kind: Type, depth: int) -> ast.expr | None:
        sort = sort_of(kind)
        return self._fill(FRESH[sort], kind, depth) if sort and FRESH[sort] else None

    def _grown(self, kind: Type, depth: int) -> ast.expr | None:
        start = self._named(kind) or self._copied(kind)
        sort = sort_of(kind)
        return self._fill(GROWING[sort], kind, depth, start) if sort and start else None

    def _constant(self, kind: Type) -> ast.expr | None:
        if kind == INT:
            return ast.Constant(self.chance.below(5))
        return self.constant() if kind.kind in ("float", "numeric") else None

    def _fill(
        self, templates: Mapping[str, float], kind: Type, depth: int, start: ast.expr | None = None
    ) -> ast.expr | None:
        usable = {text: weight for text, weight in templates.items() if self._imported(text)}
        if not usable:
            return None
        template = parsed(self.chance.weighted(usable))
        return self._substitute(template, {"A": start} if start is not None else {}, kind, depth)

    def _imported(self, template: str) -> bool:
        modules = self.program.modules
        return ("np." not in template or "numpy" in modules) and (
            "math." not in template or "math" in modules
        )

    def _substitute(
        self, node: ast.expr, filled: dict[str, ast.expr | None], kind: Type, depth: int
    ) -> ast.expr | None:
        """A copy of template `node` with its letters filled in; None if one cannot be."""
        if isinstance(node, ast.Name):
            return self._letter(node, filled, kind, depth)
        fields: dict[str, Any] = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                fields[name] = self._substitute(value, filled, kind, depth)
                if fields[name] is None:
                    return None
            elif isinstance(value, list) and value and isinstance(value[0], ast.expr):
                parts = [self._substitute(part, filled, kind, depth) for part in value]
                if None in parts:
                    return None
                fields[name] = parts
            else:
                fields[name] = value
        return type(node)(**fields)

    def _letter(
        self, node: ast.Name, filled: dict[str, ast.expr | None], kind: Type, depth: int
    ) -> ast.expr | None:
        if node.id in ("np", "math"):
            return ast.Name(self.program.modules["numpy" if node.id == "np" else "math"], ast.Load())
        if not (len(node.id) == 1 and node.id.isupper()):
            return node
        if filled.get(node.id) is None:
            filled[node.id] = self._material(node.id, kind, depth)
        return filled[node.id]

    def _material(self, letter: str, kind: Type, depth: int) -> ast.expr | None:
        if letter == "C":
            return self.constant()
        if letter == "K":
            return ast.Constant(1 + self.chance.below(3))
        if letter in ("V", "L"):
            return self._holder(("array",) if letter == "V" else ("array", "list"))
        if letter in ("P", "Q"):
            return self._compared(letter, kind, depth)
        if letter == "B" and kind.kind == "array" and (kind.shape is None or self.chance.true(0.3)):
            kind = FLOAT
        return self.like(kind, depth)

    def _holder(self, kinds: tuple[str, ...]) -> ast.expr | None:
        names = [name for name, kind in self.names.items() if kind.kind in kinds]
        return ast.Name(self.chance.pick(names), ast.Load()) if names else None

    def _compared(self, letter: str, kind: Type, depth: int) -> ast.expr | None:
        """A side of a comparison that stands in a place of type `kind`; of a mask's, `P` has its shape."""
        if kind.kind == "array" and kind.shape is not None:
            if self.chance.true(0.6) or (kind.is_mask and letter == "P"):
                return self.like(array(kind.shape), depth)
        elif kind.kind == "numeric":
            return self.like(kind, depth)
        return self.like(FLOAT, depth)


@cache
def parsed(template: str) -> ast.expr:
    """The syntax tree of a template."""
    return ast.parse(template, mode="eval").body
