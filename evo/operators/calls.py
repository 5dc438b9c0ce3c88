"""What calls of Python's, math's and NumPy's best-known functions return."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evo.operators.typed import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    NUMERIC,
    TEXT,
    UNKNOWN,
    Shape,
    Type,
    array,
    broadcast,
    join_all,
    list_of,
    tuple_of,
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call, with what is known of it.

    Attributes:
        name: ``numpy.exp``, ``math.sqrt``, ``len``; a method is ``.sum``, with its receiver as first argument.
        types: of the positional arguments.
        nodes: the positional arguments.
        keywords: of the keyword arguments: name -> (type, node).
    """

    name: str
    types: Sequence[Type]
    nodes: Sequence[ast.expr]
    keywords: Mapping[str, tuple[Type, ast.expr]]

    @property
    def first(self) -> Type:
        """Type of the first argument."""
        return self.types[0] if self.types else UNKNOWN

    @property
    def last_name(self) -> str:
        """``sum`` of ``numpy.sum`` and of ``.sum``."""
        return self.name.rpartition(".")[2]

    def node(self, place: int, keyword: str) -> ast.expr | None:
        """The argument at `place` or named `keyword`, if there is one."""
        if len(self.nodes) > place:
            return self.nodes[place]
        return self.keywords[keyword][1] if keyword in self.keywords else None


def call_type(call: Call) -> Type:
    """Type of what `call` returns; `UNKNOWN` for a function that is not in the table."""
    rule = _RULES.get(call.name)
    if rule is None:
        return FLOAT if call.name.startswith("math.") else UNKNOWN
    return rule(call) if callable(rule) else rule


def is_known(name: str) -> bool:
    """Whether `name` is a function in the table, or one of math's."""
    module, _, last = name.rpartition(".")
    return name in _RULES or (module == "math" and hasattr(math, last))


def attribute_type(name: str, receiver: Type) -> Type:
    """Type of ``np.pi`` (name ``numpy.pi``) or of ``x.size`` (name ``.size``)."""
    module, _, last = name.rpartition(".")
    if module in ("numpy", "math") and last in ("pi", "e", "tau", "inf", "nan"):
        return FLOAT
    if module or receiver.kind not in ("array", "numeric"):
        return UNKNOWN
    if last == "T" and receiver.kind == "array":
        return array(receiver.shape and receiver.shape[::-1], receiver.item)
    return {"size": INT, "ndim": INT, "shape": list_of(INT)}.get(last, UNKNOWN)


def element(kind: Type) -> Type:
    """What a loop over `kind` yields."""
    if kind.kind == "tuple":
        return join_all(kind.items)
    if kind.kind == "array" and kind.shape and len(kind.shape) > 1:
        return array(kind.shape[1:], kind.item)
    return kind.item


def _smallest(call: Call) -> Type:
    """``min(a, b)`` or ``min(things)``."""
    joined = join_all(call.types) if len(call.types) > 1 else call.first.item
    return joined if joined.is_number else UNKNOWN


def _total(call: Call) -> Type:
    return call.first.item if call.first.item.is_number else UNKNOWN


def _as_list(call: Call) -> Type:
    return list_of(element(call.first))


def _enumerated(call: Call) -> Type:
    return list_of(tuple_of([INT, element(call.first)]))


def _zipped(call: Call) -> Type:
    return list_of(tuple_of(element(kind) for kind in call.types))


def _same(call: Call) -> Type:
    return call.first


def _popped(call: Call) -> Type:
    return call.first.item


def _filled(call: Call) -> Type:
    return array(_shape(call.node(0, "shape")), _item(call))


def _arange(call: Call) -> Type:
    if len(call.nodes) != 1:
        return array(None)
    return array((ast.unparse(call.nodes[0]),), INT if call.first == INT else FLOAT)


def _linspace(call: Call) -> Type:
    count = call.node(2, "num")
    return array((ast.unparse(count) if count else "50",))


def _stacked(call: Call) -> Type:
    """``np.stack([a, b], axis=1)`` and ``np.column_stack([a, b])`` of arrays of one shape."""
    parts = call.nodes[0] if call.nodes else None
    if not isinstance(parts, ast.List | ast.Tuple) or call.first.kind not in ("list", "tuple"):
        return array(None)
    kind = join_all(call.first.items)
    axis = call.node(1, "axis") or ast.Constant(1 if call.last_name == "column_stack" else 0)
    if kind.kind != "array" or kind.shape is None or not isinstance(axis, ast.Constant | ast.UnaryOp):
        return array(None)
    try:
        place = int(ast.literal_eval(axis)) % (len(kind.shape) + 1)
    except (ValueError, TypeError):
        return array(None)
    if call.last_name != "stack" and len(kind.shape) != 1:
        return array(None)
    return array((*kind.shape[:place], str(len(parts.elts)), *kind.shape[place:]), kind.item)


def _joined(call: Call) -> Type:
    del call  # how long the result is, is not worth knowing
    return array(None)


def _where(call: Call) -> Type:
    return broadcast(call.types[1], call.types[2]) if len(call.types) == 3 else UNKNOWN


def _order(call: Call) -> Type:
    return array(call.first.shape, INT) if call.first.kind == "array" else UNKNOWN


def _drawn_integers(call: Call) -> Type:
    size = call.node(3, "size")
    return INT if size is None else array(_shape(size), INT)


def _cast(call: Call) -> Type:
    return array(call.first.shape, _named(call.node(1, "dtype"))) if call.first.kind == "array" else UNKNOWN


def _unpacked(call: Call) -> Type:
    flat = call.first.shape is not None and len(call.first.shape) == 1
    return list_of(call.first.item) if flat else UNKNOWN


def _elementwise(call: Call) -> Type:
    item = BOOL if call.last_name in _TRUTHS else FLOAT
    arrays = [kind for kind in call.types if kind.kind == "array"]
    if not arrays:
        if call.types and all(kind.is_number for kind in call.types):
            return item
        return NUMERIC if item == FLOAT else UNKNOWN
    result = arrays[0]
    for other in arrays[1:]:
        result = broadcast(result, other)
    return array(result.shape, item)


def _reduced(call: Call) -> Type:
    """``sum`` and its like, over everything or along an axis."""
    name = call.last_name
    item = INT if name in _COUNTS else BOOL if name in ("any", "all") else FLOAT
    axis = call.node(2 if name in ("percentile", "quantile") else 1, "axis")
    if axis is None:
        return item
    shape = call.first.shape if call.first.kind == "array" else None
    if shape is None or not isinstance(axis, ast.Constant | ast.UnaryOp) or "keepdims" in call.keywords:
        return array(None, item)
    try:
        place = int(ast.literal_eval(axis))
        rest = [dimension for i, dimension in enumerate(shape) if i != place % len(shape)]
    except (ValueError, TypeError, ZeroDivisionError):
        return array(None, item)
    return array(tuple(rest), item) if rest else item


def _drawn(call: Call) -> Type:
    method = call.name.startswith(".")  # then the generator is the first argument
    size = call.node((0 if call.last_name in ("random", "standard_normal") else 2) + method, "size")
    return FLOAT if size is None else array(_shape(size))


def _converted(call: Call) -> Type:
    """``np.array(x)`` of a literal, a list or another array."""
    item = _item(call)
    if call.first.kind == "array":
        return array(call.first.shape, item)
    if not call.nodes:
        return UNKNOWN
    shape, kind, node = [], call.first, call.nodes[0]
    while kind.kind in ("list", "tuple"):
        if isinstance(node, ast.List | ast.Tuple) and node.elts:
            shape.append(str(len(node.elts)))
            node = node.elts[0]
        else:
            shape.append(f"len({ast.unparse(node)})")
            node = ast.Subscript(node, ast.Constant(0), ast.Load())
        kind = kind.item if kind.kind == "list" else join_all(kind.items)
    if not shape or not (kind.is_number or kind == BOOL):
        return UNKNOWN
    return array(tuple(shape), item if "dtype" in call.keywords else kind)


def _item(call: Call) -> Type:
    return _named(call.keywords["dtype"][1]) if "dtype" in call.keywords else FLOAT


def _named(dtype: ast.expr | None) -> Type:
    return {"int": INT, "bool": BOOL}.get(ast.unparse(dtype) if dtype else "", FLOAT)


def _shape(node: ast.expr | None) -> Shape | None:
    """Symbolic shape that an argument such as ``(n, 2)`` or ``n`` asks for."""
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(ast.unparse(item) for item in node.elts)
    if node is None or (isinstance(node, ast.Attribute) and node.attr == "shape"):
        return None
    return (ast.unparse(node),)


def _names(module: str, names: str) -> list[str]:
    return [f"{module}.{name}" for name in names.split()]


_TRUTHS = frozenset(["isnan", "isfinite", "isinf", "isclose", "logical_and", "logical_or", "logical_not"])
_COUNTS = frozenset(["argmax", "argmin", "count_nonzero", "searchsorted"])
_REDUCED = "sum prod mean median std var max min any all argmax argmin"
_DRAWN = "random uniform normal standard_normal rand randn exponential"

_RULES: dict[str, Type | Callable[[Call], Type]] = {
    **dict.fromkeys(["len", "int", "round", "ord", "hash"], INT),
    **dict.fromkeys(_names("math", "floor ceil trunc isqrt gcd comb factorial"), INT),
    **dict.fromkeys(["numpy.size", "numpy.ndim"], INT),
    **dict.fromkeys(["float", "numpy.float64", "numpy.dot"], FLOAT),
    **dict.fromkeys(["bool", "isinstance", "any", "all"], BOOL),
    **dict.fromkeys(_names("math", "isnan isfinite isinf isclose"), BOOL),
    **dict.fromkeys(["str", "repr"], TEXT),
    **dict.fromkeys(["print", *_names("", "append sort extend insert remove reverse")], NONE),
    "range": list_of(INT),
    **dict.fromkeys(["min", "max"], _smallest),
    **dict.fromkeys(["sorted", "list", "reversed"], _as_list),
    **dict.fromkeys(["abs", *_names("", "copy round clip cumsum")], _same),
    **dict.fromkeys(_names("numpy", "zeros_like ones_like empty_like full_like copy"), _same),
    "sum": _total,
    "enumerate": _enumerated,
    "zip": _zipped,
    ".pop": _popped,
    **dict.fromkeys(
        _names(
            "numpy",
            "exp exp2 expm1 log log2 log10 log1p sqrt cbrt square abs absolute fabs sin cos tan arcsin arccos "
            "arctan sinh cosh tanh arctan2 hypot power maximum minimum fmax fmin clip floor ceil round rint "
            "trunc sign mod remainder add subtract multiply divide negative reciprocal deg2rad rad2deg "
            "nan_to_num cumsum cumprod logaddexp sort flip roll",
        ),
        _elementwise,
    ),
    **dict.fromkeys(_names("numpy", " ".join(sorted(_TRUTHS))), _elementwise),
    **dict.fromkeys(_names("numpy", _REDUCED), _reduced),
    **dict.fromkeys(_names("numpy", "amax amin ptp average percentile quantile"), _reduced),
    **dict.fromkeys(["numpy.count_nonzero", "numpy.searchsorted", "numpy.linalg.norm"], _reduced),
    **dict.fromkeys(_names("", _REDUCED), _reduced),
    **dict.fromkeys(_names("numpy", "array asarray ascontiguousarray"), _converted),
    **dict.fromkeys(_names("numpy", "zeros ones empty full"), _filled),
    "numpy.arange": _arange,
    "numpy.linspace": _linspace,
    "numpy.where": _where,
    **dict.fromkeys(["numpy.stack", "numpy.column_stack", "numpy.vstack"], _stacked),
    **dict.fromkeys(["numpy.concatenate", "numpy.hstack"], _joined),
    **dict.fromkeys(["numpy.argsort", ".argsort"], _order),
    **dict.fromkeys(_names("numpy.random", _DRAWN), _drawn),
    **dict.fromkeys(_names("", _DRAWN), _drawn),
    **dict.fromkeys([".integers", "numpy.random.randint"], _drawn_integers),
    ".astype": _cast,
    ".tolist": _unpacked,
}
