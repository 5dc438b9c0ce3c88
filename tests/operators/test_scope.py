"""Which names are known where."""

import ast

import pytest

from evo.operators.scope import analyse, free_names
from evo.testing.operator import ODD


@pytest.mark.parametrize(
    ("text", "unbound"),
    [
        ("x = 1\ny = x", set()),
        ("y = x\nx = 1", {"x"}),
        ("def f():\n    return x\nx = 1", set()),
        ("def f():\n    y = x\n    x = 1", {"x"}),
        ("def f(a, *b, c=1, **d):\n    return a, b, c, d, len, __name__", set()),
        ("def f(c):\n    if c:\n        x = 1\n    return x", {"x"}),
        ("def f(c):\n    if c:\n        x = 1\n    else:\n        x = 2\n    return x", set()),
        ("def f(c):\n    if c:\n        x = 1\n    else:\n        return 0\n    return x", set()),
        ("def f(n):\n    for i in range(n):\n        x = i\n    return x", {"x"}),
        ("def f(n):\n    for i in range(n):\n        x = i\n        y = x + i", set()),
        ("def f():\n    while True:\n        x = 1\n        break\n    return 2", set()),
        ("def f():\n    x += 1", {"x"}),
        ("def f():\n    x = 1\n    del x\n    return x", {"x"}),
        (
            "def f():\n    try:\n        x = 1\n    except ValueError as e:\n        print(e)\n        x = 2\n    return x",
            set(),
        ),
        ("def f():\n    try:\n        x = 1\n    except ValueError:\n        pass\n    return x", {"x"}),
        ("def f():\n    with open('a') as (p, q):\n        x = p + q\n    return x", set()),
        (
            "def f(x):\n    match x:\n        case [a, *b]:\n            y = a, b\n        case _:\n            y = 1\n    return y",
            set(),
        ),
        (
            "def f(x):\n    match x:\n        case {'k': v, **more}:\n            y = v, more\n    return y",
            {"y"},
        ),
        ("def f(n):\n    return [i * j for i in range(n) for j in range(i) if j > i]", set()),
        ("def f(n):\n    return [i for i in range(j) for j in range(n)]", {"j"}),
        ("def f():\n    g = lambda a: a + b\n    b = 1\n    return g", set()),
        ("def f(x):\n    if (y := x) > 1:\n        return y\n    return y", set()),
        ("def f():\n    def g():\n        return x\n    x = 1\n    return g", set()),
        ("def f():\n    global g\n    g = 1\n    return g", set()),
        ("class A:\n    x = 1\n    y = x\n    def m(self):\n        return x", {"x"}),
        ("class A:\n    y = len\n    z = later\nlater = 1", set()),
        ("from math import *\ny = sin(x)", set()),
        ("import os.path as p, sys\ny = p, sys", set()),
        ("x: int\ny = x", {"x"}),
    ],
)
def test_uses_that_may_find_nothing(text: str, unbound: set[str]) -> None:
    assert {name for _, name in analyse(ast.parse(text)).unbound} == unbound


def test_names_at_a_statement() -> None:
    tree = ast.parse("import math\nk = 1\ndef f(a):\n    b = a\n    c = b\n    return c\ndef g():\n    pass")
    scopes = analyse(tree)
    function = tree.body[2]
    assert isinstance(function, ast.FunctionDef)
    assert scopes.at(function.body[1]) == {"a", "b", "math", "k", "f", "g"}
    assert scopes.at(tree.body[1]) == {"math"}


def test_free_names_of_an_expression() -> None:
    expression = ast.parse("[x + i for i in xs if (lambda q: q + r)(i)] and d['k']", mode="eval").body
    assert free_names(expression) == {"x", "xs", "r", "d"}


@pytest.mark.parametrize("what", ODD)
def test_odd_programs(what: str) -> None:
    try:
        tree = ast.parse(ODD[what])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    except Warning:  # a doubtful escape, which the tests turn into an error
        return
    analyse(tree)
