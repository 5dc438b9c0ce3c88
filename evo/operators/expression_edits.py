"""Small changes to expressions, type for type. Each returns no edits where it finds nothing to do."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from evo.operators.calls import is_known
from evo.operators.chance import Chance
from evo.operators.constants import Number, note_of, nudged, numbers, with_values
from evo.operators.grammar import GROWING, Grammar, sort_of
from evo.operators.local_search import rounded
from evo.operators.program import Place, Program
from evo.operators.region import Edit
from evo.operators.tree import children
from evo.operators.typed import BOOL, FLOAT, INT, Type, fits
from evo.operators.writing import replacement

_ARITHMETIC: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_WHOLE: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
_ORDER: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}

_SWAPPABLE: Sequence[frozenset[str]] = [
    frozenset(["sin", "cos"]),
    frozenset(["sinh", "cosh", "tanh", "arctan", "atan", "sin", "cos", "tan"]),
    frozenset(["min", "max"]),
    frozenset(["minimum", "maximum", "add", "subtract", "multiply", "hypot", "arctan2"]),
    frozenset(["floor", "ceil", "round", "rint", "trunc"]),
    frozenset(["sqrt", "cbrt", "log1p", "abs", "square", "exp", "log", "tanh", "fabs"]),
    frozenset(["sum", "mean", "max", "min", "std", "median", "prod", "var"]),
    frozenset(["argmax", "argmin"]),
    frozenset(["any", "all"]),
]
"""Functions of one module that take the same arguments."""

_TRIES = 8
"""Places that are looked at before an edit gives up."""


def nudge_constant(program: Program, chance: Chance) -> list[Edit]:
    """Changes one number, mostly a little; seldom one that is an index."""
    found = [number for number in numbers(program) if number.role == "value" or chance.true(0.2)]
    if not found:
        return []
    number = chance.pick(found)
    if number.is_whole and number.role == "value" and _is_blunt(program, number) and chance.true(0.5):
        value = rounded(float(number.value) * (1 + 0.3 * chance.normal()) or 0.1 * chance.normal())
    else:
        value = nudged(number, chance)
    return with_values(program, [(number, value)], note_of(program, number, value))


def replace_expression(program: Program, chance: Chance) -> list[Edit]:
    """Puts another expression of the same type in the place of one."""
    for place, kind in _tries(program, chance):
        new = Grammar(program, place, chance).like(kind)
        if new is not None and not _same(new, place.node):
            return [replacement(program, place, new)]
    return []


def grow_expression(program: Program, chance: Chance) -> list[Edit]:
    """Builds something around an expression: ``x`` becomes ``x + y``."""
    for place, kind in _tries(program, chance):
        new = Grammar(program, place, chance).grow(kind, place.node)
        if new is not None and not _same(new, place.node):
            return [replacement(program, place, new)]
    return []


def shrink_expression(program: Program, chance: Chance) -> list[Edit]:
    """Puts a part of an expression in its place: ``x + y`` becomes ``x``."""
    for place, kind in _tries(program, chance):
        parts = [
            part
            for part in _parts(place.node)
            if fits(kind, program.type_of(part))
            or (kind.kind == "float" and program.type_of(part).kind == "numeric")
        ]
        if parts:
            return [replacement(program, place, chance.pick(parts))]
    return []


def change_operator(program: Program, chance: Chance) -> list[Edit]:
    """Changes ``+`` to ``*``, ``<`` to ``<=``, ``and`` to ``or``, ``sin`` to ``cos``, or swaps two sides."""
    places = [
        place
        for place in program.places
        if isinstance(place.node, ast.BinOp | ast.BoolOp | ast.Compare | ast.Call)
    ]
    for place in chance.shuffled(places)[:_TRIES]:
        new = _other_operator(program, place.node, chance)
        if new is not None:
            return [replacement(program, place, new)]
    return []


def change_condition(program: Program, chance: Chance) -> list[Edit]:
    """Negates a condition, adds a clause to it, or puts a new one in its place."""
    places = [place for place in program.places if _is_condition(program, place)]
    for place in chance.shuffled(places)[:_TRIES]:
        grammar = Grammar(program, place, chance)
        way = chance.weighted({"negate": 2, "grow": 2, "new": 1})
        kind = program.type_of(place.node)
        if way == "negate" or kind != BOOL:
            new: ast.expr | None = _negated(place.node)
        else:
            new = grammar.grow(BOOL, place.node) if way == "grow" else grammar.comparison()
        if new is not None and not _same(new, place.node):
            return [replacement(program, place, new)]
    return []


def change_bounds(program: Program, chance: Chance) -> list[Edit]:
    """Makes a loop run longer, shorter or from elsewhere."""
    places = [place for place in program.places if _is_range(place.parent) and place.field == "args"]
    if not places:
        return []
    place = chance.pick(places)
    node, step = place.node, 1 + chance.below(2)
    ways: dict[str, tuple[ast.operator, int]] = {
        "longer": (ast.Add(), step),
        "shorter": (ast.Sub(), step),
        "double": (ast.Mult(), 2),
        "halve": (ast.FloorDiv(), 2),
    }
    way = chance.weighted({"longer": 2, "shorter": 2, "double": 1, "halve": 1, "other": 1})
    if way == "other":
        new = Grammar(program, place, chance).like(INT)
    else:
        op, by = ways[way]
        new = _computed(node, op, by)
    return [] if new is None or _same(new, node) else [replacement(program, place, new)]


def change_arguments(program: Program, chance: Chance) -> list[Edit]:
    """Swaps two arguments of a call, or gives it another for one."""
    calls = [place for place in program.places if isinstance(place.node, ast.Call) and place.node.args]
    for place in chance.shuffled(calls)[:_TRIES]:
        call = place.node
        assert isinstance(call, ast.Call)  # noqa: S101  # what `calls` was filtered by
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            continue
        arguments = list(call.args)
        first = chance.below(len(arguments))
        if len(arguments) > 1 and chance.true(0.5):
            second = (first + 1 + chance.below(len(arguments) - 1)) % len(arguments)
            arguments[first], arguments[second] = arguments[second], arguments[first]
        else:
            inner = next((other for other in program.places if other.node is arguments[first]), None)
            new = Grammar(program, inner, chance).like(program.type_of(inner.node)) if inner else None
            if new is None:
                continue
            arguments[first] = new
        changed = ast.Call(call.func, arguments, call.keywords)
        if not _same(changed, call):
            return [replacement(program, place, changed)]
    return []


EXPRESSION_EDITS: Mapping[str, Callable[[Program, Chance], list[Edit]]] = {
    "constant": nudge_constant,
    "replace": replace_expression,
    "grow": grow_expression,
    "shrink": shrink_expression,
    "operator": change_operator,
    "condition": change_condition,
    "bounds": change_bounds,
    "arguments": change_arguments,
}


def _tries(program: Program, chance: Chance) -> Iterator[tuple[Place, Type]]:
    """A few random places whose type there are templates for."""
    for _ in range(_TRIES if program.places else 0):
        place = chance.pick(program.places)
        kind = program.type_of(place.node)
        sort = sort_of(kind)
        if sort is not None and GROWING[sort]:
            yield place, kind


def _computed(node: ast.expr, op: ast.operator, by: int) -> ast.expr:
    """``node op by``, worked out if `node` is a literal."""
    if not (isinstance(node, ast.Constant) and type(node.value) is int):
        return ast.BinOp(node, op, ast.Constant(by))
    start = node.value
    results = {ast.Add: start + by, ast.Sub: start - by, ast.Mult: start * by, ast.FloorDiv: start // by}
    return ast.Constant(max(results[type(op)], 0))


def _parts(node: ast.expr) -> list[ast.expr]:
    """Expressions one or two levels below `node`."""
    first = [part for part, _ in children(node) if isinstance(part, ast.expr)]
    return first + [part for child in first for part, _ in children(child) if isinstance(part, ast.expr)]


def _other_operator(program: Program, node: ast.expr, chance: Chance) -> ast.expr | None:
    """`node` with one operator or function changed; None if there is none to change it to."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if program.type_of(node).is_numeric:
            choices = _WHOLE if program.type_of(node) == INT else _ARITHMETIC
            others = [other for other in choices if not isinstance(op, other)]
            turned = ast.BinOp(right, op, left)
            return turned if chance.true(0.2) else ast.BinOp(left, chance.pick(others)(), right)
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            kinds = [kind for kind in _ORDER if not isinstance(op, kind)]
            kind = chance.pick(kinds) if isinstance(op, _ORDER) else _OPPOSITE[type(op)]
            return ast.Compare(left, [kind()], [right])
        case ast.Call():
            return _other_function(program, node, chance)
    return None


def _other_function(program: Program, call: ast.Call, chance: Chance) -> ast.expr | None:
    """`call` with another function that takes the same arguments."""
    full = program.inference.full_name(call.func)
    module, dot, name = full.rpartition(".")
    others = {other for group in _SWAPPABLE if name in group for other in group} - {name}
    known = sorted(other for other in others if is_known(f"{module}{dot}{other}"))
    if not known:
        return None
    other = chance.pick(known)
    if isinstance(call.func, ast.Attribute):
        return ast.Call(ast.Attribute(call.func.value, other, ast.Load()), call.args, call.keywords)
    # a function imported by its name has no sister in scope; a builtin has
    return ast.Call(ast.Name(other, ast.Load()), call.args, call.keywords) if not module else None


def _is_condition(program: Program, place: Place) -> bool:
    tested = place.field == "test" or (place.field == "ifs" and isinstance(place.parent, ast.comprehension))
    return tested or isinstance(place.node, ast.Compare) or program.type_of(place.node) == BOOL


def _negated(node: ast.expr) -> ast.expr:
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return ast.Compare(left, [_OPPOSITE[type(op)]()], [right])
        case _:
            return ast.UnaryOp(ast.Not(), node)


def _is_range(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _is_blunt(program: Program, number: Number) -> bool:
    """Whether a whole number stands where a broken one would do as well."""
    parent = number.place.parent
    if isinstance(parent, ast.BinOp) and not isinstance(parent.op, ast.FloorDiv | ast.Mod):
        kind = program.type_of(parent)
        return kind.kind in ("float", "numeric") or (kind.kind == "array" and kind.item == FLOAT)
    return False


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)
