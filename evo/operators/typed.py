"""The types that operators think in, and which fit where.

They are guesses for exchanging like for like, not proofs. An array carries a symbolic shape:
``("n", "2")`` for ``np.zeros((n, 2))``, ``("bins...",)`` for a parameter of unknown rank. Two
arrays fit together when their shapes read the same. What is not known fits nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Literal

Kind = Literal[
    "unknown", "mixed", "numeric", "int", "float", "bool", "text", "none", "array", "list", "tuple"
]
"""``mixed``: different types at different times. ``numeric``: a number or an array, it is not known which."""

Shape = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """What an expression seems to be.

    Attributes:
        items: of a tuple, one type a place; of a list or an array, the type of its elements.
        shape: of an array, one text a dimension; None when it is not known.
    """

    kind: Kind
    items: "tuple[Type, ...]" = ()
    shape: Shape | None = None

    @property
    def is_number(self) -> bool:
        """A plain number; a truth value counts as one only where it is asked for as such."""
        return self.kind in ("int", "float")

    @property
    def is_mask(self) -> bool:
        """An array of truth values."""
        return self.kind == "array" and self.items == (BOOL,)

    @property
    def is_numeric(self) -> bool:
        """Something to do arithmetic with."""
        return self.kind in ("int", "float", "numeric") or (self.kind == "array" and not self.is_mask)

    @property
    def item(self) -> "Type":
        """The type of a list's or an array's elements."""
        return self.items[0] if self.items and self.kind in ("list", "array") else UNKNOWN


UNKNOWN = Type("unknown")
MIXED = Type("mixed")
NUMERIC = Type("numeric")
INT = Type("int")
FLOAT = Type("float")
BOOL = Type("bool")
TEXT = Type("text")
NONE = Type("none")


def array(shape: Shape | None, item: Type = FLOAT) -> Type:
    """An array of numbers, or of truth values, of the given symbolic shape."""
    return Type("array", (item if item in (INT, FLOAT, BOOL) else FLOAT,), shape)


def list_of(item: Type) -> Type:
    """A list, or anything that is indexed and looped over like one."""
    return Type("list", (item,))


def tuple_of(items: Iterable[Type]) -> Type:
    """A tuple of known length."""
    return Type("tuple", tuple(items))


def fits(place: Type, given: Type) -> bool:
    """Whether an expression of type `given` can stand where one of type `place` stood."""
    if place.kind in ("unknown", "mixed", "text", "none"):
        return False
    if place.kind == "float":
        return given.is_number
    if place.kind == "numeric":
        return given.kind in ("numeric", "int", "float")
    if place.kind == "array":
        same = place.shape is not None and place.shape == given.shape
        return (
            given.kind == "array"
            and same
            and (place.item == FLOAT) >= (given.item == FLOAT)
            and (place.is_mask == given.is_mask)
        )
    if place.kind in ("list", "tuple"):
        return (
            given.kind == place.kind
            and len(given.items) == len(place.items)
            and all(
                one == other or fits(one, other) for one, other in zip(place.items, given.items, strict=True)
            )
        )
    return place == given


def join(one: Type, other: Type) -> Type:
    """The type of a name that is sometimes `one` and sometimes `other`; what is unknown yields."""
    if UNKNOWN in (one, other):
        return other if one == UNKNOWN else one
    if one == other:
        return one
    if one.is_numeric and other.is_numeric and one.kind != other.kind:
        return FLOAT if one.is_number and other.is_number else NUMERIC
    if one.kind != other.kind or len(one.items) != len(other.items):
        return MIXED
    shape = one.shape if one.shape == other.shape else None
    return Type(one.kind, tuple(map(join, one.items, other.items)), shape)


def join_all(types: Iterable[Type]) -> Type:
    """`join` over any number of types; `UNKNOWN` for none."""
    return reduce(join, types, UNKNOWN)


def broadcast(one: Type, other: Type, item: Type = FLOAT) -> Type:
    """The type of an elementwise result of two numeric operands, one of which is an array."""
    if "array" not in (one.kind, other.kind):
        return NUMERIC
    if "numeric" in (one.kind, other.kind):
        return array(None, item)
    if one.kind != "array" or other.kind != "array":
        return array(one.shape if one.kind == "array" else other.shape, item)
    if one.shape is None or other.shape is None:
        return array(None, item)
    return array(_broadcast_shape(one.shape, other.shape), item)


def _broadcast_shape(one: Shape, other: Shape) -> Shape | None:
    if one == other:
        return one
    if any(dimension.endswith("...") for dimension in (*one, *other)):
        return None
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    padded = ("1",) * (len(longer) - len(shorter)) + shorter
    result = []
    for left, right in zip(longer, padded, strict=True):
        if left != right and "1" not in (left, right):
            return None
        result.append(right if left == "1" else left)
    return tuple(result)
