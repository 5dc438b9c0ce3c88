"""The numbers of a program: where they stand, how they are changed, how they are written back."""

import ast
import math
from dataclasses import dataclass
from typing import Literal

from evo.operators.chance import Chance
from evo.operators.local_search import leap, rounded
from evo.operators.program import Place, Program
from evo.operators.region import Edit
from evo.operators.writing import clipped, constant_text

Role = Literal["value", "index", "power"]


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A numeric literal; ``-2.5`` is one.

    Attributes:
        place: where it stands.
        value: an int stays an int, a float a float.
        role: ``index`` inside square brackets and ``power`` after ``**``, where small changes break much.
    """

    place: Place
    value: float
    role: Role

    @property
    def is_whole(self) -> bool:
        """Whether the literal is an int."""
        return isinstance(self.value, int)


def numbers(program: Program) -> list[Number]:
    """The numeric literals in the mutable region, in the order of the text."""
    found: list[Number] = []
    signed: set[ast.AST] = set()
    indices: set[ast.AST] = set()  # the pair in x[i, 0]
    for place in program.places:
        if isinstance(place.node, ast.Tuple) and place.field == "slice":
            indices.add(place.node)
        value = None if place.node in signed else _value(place.node)
        if value is not None:
            found.append(Number(place, value, "index" if place.parent in indices else _role(place)))
            if isinstance(place.node, ast.UnaryOp):
                signed.add(place.node.operand)
    return sorted(found, key=lambda number: (number.place.node.lineno, number.place.node.col_offset))


def with_values(program: Program, changes: "list[tuple[Number, float]]", note: str) -> list[Edit]:
    """The edits that give each number its new value and touch nothing else."""
    return [
        Edit(program.source.span(number.place.node), _spelled(number, value), note)
        for number, value in changes
    ]


def nudged(number: Number, chance: Chance) -> float:
    """Another value for `number`, mostly close to the old one."""
    if number.is_whole:
        return _nudged_whole(int(number.value), chance)
    value = number.value
    way = chance.weighted({"scale": 6, "leap": 2, "double": 1, "halve": 1, "sign": 0.5})
    if value == 0 or way == "leap":
        return leap(value or 1.0, chance)
    if way == "scale":
        return rounded(value * (1 + chance.normal() * 10 ** chance.between(-2, -0.3)), digits=4)
    return {"double": value * 2, "halve": value / 2, "sign": -value}[way]


def note_of(program: Program, number: Number, value: float) -> str:
    """``line 3: `0.5` -> `0.55```, for people."""
    old = clipped(program.text(number.place.node))
    return f"line {number.place.node.lineno}: `{old}` -> `{constant_text(value)}`"


def _nudged_whole(value: int, chance: Chance) -> int:
    way = chance.weighted({"step": 6, "leap": 2, "double": 1, "halve": 1})
    step = 1 if way == "step" else 2 + chance.below(3)
    new = {"double": value * 2, "halve": value // 2}.get(way, value + (step if chance.true(0.5) else -step))
    if value >= 0 and new < 0:
        new = -new  # counts and places are not negative
    return new if new != value else value + 1


def _value(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _value(node.operand) if isinstance(node.operand, ast.Constant) else None
        return None if inner is None else -inner
    if not isinstance(node, ast.Constant):
        return None
    value = node.value
    if type(value) is int:
        return value if value.bit_length() < 53 else None  # not a quantity: a mask, a hash, a modulus
    return value if type(value) is float and math.isfinite(value) else None


def _role(place: Place) -> Role:
    if place.field == "slice" or isinstance(place.parent, ast.Slice):
        return "index"
    if (
        isinstance(place.parent, ast.BinOp)
        and isinstance(place.parent.op, ast.Pow)
        and place.field == "right"
    ):
        return "power"
    return "value"


def _spelled(number: Number, value: float) -> str:
    text = constant_text(value)
    signed = text.startswith("-") and not isinstance(number.place.node, ast.UnaryOp)
    tight = isinstance(
        number.place.parent, ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript | ast.Compare
    )
    return f"({text})" if signed and tight else text
