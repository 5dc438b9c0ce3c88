"""Types of expressions, and which fit where."""

import ast

import pytest

from evo.operators.inference import Inference
from evo.operators.typed import (
    BOOL,
    FLOAT,
    INT,
    MIXED,
    NONE,
    NUMERIC,
    TEXT,
    UNKNOWN,
    Type,
    array,
    broadcast,
    fits,
    join,
    list_of,
    tuple_of,
)

BEFORE = """
import math
import numpy as np
from math import sqrt
from numpy.linalg import norm

def halves(k, scale=1.5):
    return [k / 2, scale]

def f(i: int, x: float, v: np.ndarray, flag: bool, a, b, s: str = "", xs: list[float] = ()):
    n = len(v)
    points = np.zeros((n, 2))
    apart = points[:, None] - points[None]
    total = 0
    for k, p in enumerate(points):
        total += k
    for q, (y, z) in zip(xs, [(1, 2.5)]):
        pass
    both = a - b
    part = [c * 2 for c in range(3)]
    first, *rest = halves(i)
    w = i if flag else x
    return {expression}
"""
V = array(("v...",))
POINTS = array(("n", "2"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", INT),
        ("-1.5", FLOAT),
        ("True", BOOL),
        ("'a' + s", TEXT),
        ("i + 1", INT),
        ("i / 2", FLOAT),
        ("i // 2 % 3", INT),
        ("i * x", FLOAT),
        ("flag + 1", INT),
        ("not x", BOOL),
        ("i < x < 3", BOOL),
        ("i in xs", BOOL),
        ("flag and i > 2", BOOL),
        ("math.sqrt(i)", FLOAT),
        ("sqrt(i)", FLOAT),
        ("math.floor(x)", INT),
        ("math.pi * i", FLOAT),
        ("int(x) + round(x)", INT),
        ("max(i, 2)", INT),
        ("max(i, x)", FLOAT),
        ("min(xs)", FLOAT),
        ("abs(-x)", FLOAT),
        ("sum(xs)", FLOAT),
        ("sorted(xs)", list_of(FLOAT)),
        ("xs[1:]", list_of(FLOAT)),
        ("xs[i]", FLOAT),
        ("(1, x)", tuple_of([INT, FLOAT])),
        ("(1, x)[1]", FLOAT),
        ("part", list_of(INT)),
        ("v", V),
        ("v * 2 - x", V),
        ("np.exp(-v) + v", V),
        ("v > x", array(("v...",), BOOL)),
        ("~(v > x) & (v < 3)", array(("v...",), BOOL)),
        ("np.where(v > x, v, 0.0)", V),
        ("v[i]", FLOAT),
        ("v[1:]", array(("v[1:]",))),
        ("v[v > 1]", array(("v[v > 1]",))),
        ("v.sum() + np.max(v)", FLOAT),
        ("np.argmax(v)", INT),
        ("np.argsort(v)", array(("v...",), INT)),
        ("v.any()", BOOL),
        ("v.shape[0]", INT),
        ("v.size", INT),
        ("points", POINTS),
        ("points[i]", array(("2",))),
        ("points[i, 0]", FLOAT),
        ("points[:, 0]", array(("n",))),
        ("points.T", array(("2", "n"))),
        ("points[np.argsort(points[:, 0])]", POINTS),
        ("p", array(("2",))),
        ("apart", array(("n", "n", "2"))),
        ("(apart ** 2).sum(axis=2)", array(("n", "n"))),
        ("np.sqrt((apart ** 2).sum(axis=-1)).min(axis=1)", array(("n",))),
        ("points * np.arange(n)[:, None]", POINTS),
        ("np.linalg.norm(p)", FLOAT),
        ("norm(p)", FLOAT),
        ("np.array([[1.5, 2], [3, 4]])", array(("2", "2"))),
        ("np.array([1, 2, 3])", array(("3",), INT)),
        ("np.ones(n, dtype=int)", array(("n",), INT)),
        ("np.linspace(0, 1, n)", array(("n",))),
        ("np.stack([points[:, 0], points[:, 1]], axis=1)", POINTS),
        ("np.column_stack([points, points])", array(None)),
        ("np.random.default_rng(0)", UNKNOWN),
        ("np.random.uniform(0, 1)", FLOAT),
        ("total", INT),
        ("q", FLOAT),
        ("y", INT),
        ("z", FLOAT),
        ("both", NUMERIC),
        ("np.exp(both) * 2", NUMERIC),
        ("halves(i)", list_of(FLOAT)),
        ("first", FLOAT),
        ("w", FLOAT),
        ("[1, 's']", list_of(MIXED)),
        ("print(1)", NONE),
        ("unknown(1)", UNKNOWN),
        ("lambda: 1", UNKNOWN),
        ("{'a': 1}", UNKNOWN),
    ],
)
def test_types_are_inferred(expression: str, expected: Type) -> None:
    tree = ast.parse(BEFORE.replace("{expression}", expression))
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    last = function.body[-1]
    assert isinstance(last, ast.Return)
    assert last.value is not None
    assert Inference(tree).of(last.value) == expected


def test_callers_tell_the_types_of_parameters() -> None:
    tree = ast.parse("def f(x):\n    y = g(x, 2)\n    return y\ndef g(a, b):\n    return a * b\nf(1.5)")
    inference = Inference(tree)
    assert inference.names[tree.body[0]] == {"x": FLOAT, "y": FLOAT}
    assert inference.names[tree.body[1]] == {"a": FLOAT, "b": INT}


@pytest.mark.parametrize(
    ("place", "given", "expected"),
    [
        (FLOAT, INT, True),
        (FLOAT, BOOL, False),
        (INT, FLOAT, False),
        (INT, INT, True),
        (BOOL, BOOL, True),
        (BOOL, INT, False),
        (V, V, True),
        (V, array(("v...",), INT), True),
        (array(("v...",), INT), V, False),
        (V, array(("v...",), BOOL), False),
        (array(("v...",), BOOL), array(("v...",), BOOL), True),
        (V, POINTS, False),
        (array(None), array(None), False),
        (V, FLOAT, False),
        (NUMERIC, FLOAT, True),
        (NUMERIC, V, False),
        (list_of(FLOAT), list_of(INT), True),
        (list_of(INT), list_of(FLOAT), False),
        (tuple_of([INT, FLOAT]), tuple_of([INT, INT]), True),
        (tuple_of([INT]), tuple_of([INT, INT]), False),
        (UNKNOWN, UNKNOWN, False),
        (TEXT, TEXT, False),
        (FLOAT, UNKNOWN, False),
    ],
)
def test_what_fits(place: Type, given: Type, expected: bool) -> None:
    assert fits(place, given) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (INT, INT, INT),
        (INT, FLOAT, FLOAT),
        (UNKNOWN, V, V),
        (V, UNKNOWN, V),
        (V, POINTS, array(None)),
        (V, FLOAT, NUMERIC),
        (list_of(INT), list_of(FLOAT), list_of(FLOAT)),
        (tuple_of([INT]), tuple_of([INT, INT]), MIXED),
        (TEXT, INT, MIXED),
        (BOOL, INT, MIXED),
    ],
)
def test_joins(one: Type, other: Type, expected: Type) -> None:
    assert join(one, other) == join(other, one) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("n", "2"), ("2",), ("n", "2")),
        (("n", "1"), ("1", "m"), ("n", "m")),
        (("n",), ("m",), None),
        (("v...",), ("v...",), ("v...",)),
        (("v...",), ("w...",), None),
        (None, ("n",), None),
    ],
)
def test_shapes_are_broadcast(
    one: tuple[str, ...] | None, other: tuple[str, ...], expected: tuple[str, ...] | None
) -> None:
    assert broadcast(array(one), array(other)) == array(expected)
    assert broadcast(array(other), array(one)) == array(expected)
    assert broadcast(array(other), FLOAT) == array(other)
