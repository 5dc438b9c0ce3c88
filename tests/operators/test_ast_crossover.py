"""Crossover: a child of the first parent with parts of the second."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.errors import InvalidCandidate
from evo.operators.ast_crossover import AstCrossover
from evo.operators.chance import Chance
from evo.operators.crossover_edits import CROSSOVER_EDITS
from evo.operators.program import Program
from evo.operators.region import outside
from evo.operators.scope import analyse
from evo.testing.operator import PROGRAM, SIBLING, judged
from tests.operators.programs import problem, programs, relaxed, runs, task

NONE = dict.fromkeys(CROSSOVER_EDITS, 0.0)

ONE = """def f(x):
    return x + 1

# EVOLVE-BLOCK-START
def solve(a=1.5, b=2.5):
    c = a * b
    d = c - 0.5
    e = d + 1
    return e
# EVOLVE-BLOCK-END
"""
OTHER = (
    ONE.replace("c = a * b", "c = a / b")
    .replace("e = d + 1", "e = d ** 2\n    e = e + c")
    .replace("x + 1", "x - 1")
)


@relaxed
@given(programs(), programs(), st.integers(0, 10**6))
def test_children_of_random_programs(text: str, other: str, seed: int) -> None:
    parents = judged({"main.py": text}), judged({"main.py": other})
    try:
        child = AstCrossover(problem(text))(task(seed, *parents))
    except InvalidCandidate as error:
        assert any(word in str(error) for word in ("parents", "attempts", "no code"))  # noqa: PT017  # most pairs have children
        return
    changed = child.files["main.py"]
    assert outside(changed) == outside(text)
    assert child.id not in (parents[0].candidate.id, parents[1].candidate.id)
    assert child.parents == (parents[0].candidate.id, parents[1].candidate.id)
    tree = ast.parse(changed)
    compile(changed, "child", "exec")
    assert analyse(tree).unbound <= analyse(ast.parse(text)).unbound


def children(kind: str, one: str, other: str, n: int = 60) -> set[str]:
    """What one kind of crossover alone makes of two programs."""
    edit, program, donor = CROSSOVER_EDITS[kind], Program(one), Program(other)
    return {
        program.source.replace(edits) for seed in range(n) if (edits := edit(program, donor, Chance(seed)))
    }


def test_lines_are_mixed() -> None:
    """Each of the two differences, but never what lies outside the region."""
    expected = {
        ONE.replace("c = a * b", "c = a / b"),
        ONE.replace("e = d + 1", "e = d ** 2\n    e = e + c"),
    }
    assert children("lines", ONE, OTHER) == expected


def test_functions_are_taken_whole() -> None:
    mine = "def f(x):\n    return x + 1  # mine\n\ndef g(x):\n    return f(x)\n"
    theirs = "def g(x):\n    # theirs\n    y = x * 2\n    return y\n\ndef h(x):\n    return 3\n"
    assert children("function", mine, theirs) == {
        "def f(x):\n    return x + 1  # mine\n\ndef g(x):\n    # theirs\n    y = x * 2\n    return y\n"
    }


def test_statements_meet_those_that_set_the_same() -> None:
    found = children("statement", ONE, OTHER)
    assert ONE.replace("c = a * b", "c = a / b") in found
    assert ONE.replace("    c = a * b\n", "    c = a * b\n    c = a / b\n") in found
    assert ONE.replace("e = d + 1", "e = d ** 2") in found


def test_expressions_are_exchanged_type_for_type() -> None:
    mine = "def solve(n: int, x: float):\n    for i in range(n):\n        x = x * 0.5\n    return x\n"
    theirs = "def solve(n: int, x: float):\n    k = n * 3\n    return x + 1.5\n"
    found = children("expression", mine, theirs, 200)
    assert mine.replace("range(n)", "range(n * 3)") in found
    assert mine.replace("x * 0.5", "(x + 1.5) * 0.5") in found
    assert not any("range(x + 1.5)" in text or "range(1.5)" in text for text in found)


def test_numbers_are_blended_where_the_form_is_the_same() -> None:
    mine, theirs = "x = [1.0, 10, 3.0]\n", "x = [2.0, 20, 3.0]\n"
    found = [ast.literal_eval(text.partition(" = ")[2]) for text in children("constants", mine, theirs)]
    assert [2.0, 10, 3.0] in found
    assert all(type(k) is int and z == 3.0 for _, k, z in found)
    assert all(0.75 <= x <= 2.25 and 7 <= k <= 23 for x, k, _ in found)
    assert any(x not in (1.0, 2.0) for x, _, _ in found)
    assert not children("constants", mine, theirs.replace("3.0", "3.0 + 1"))


@pytest.mark.parametrize("kind", CROSSOVER_EDITS)
def test_each_way_is_drawn_by_its_weight(kind: str) -> None:
    one = PROGRAM
    other = PROGRAM.replace("0.05", "0.07").replace("2.4", "1.4") if kind == "constants" else SIBLING
    operator = AstCrossover(problem(one), **{**NONE, kind: 1.0})
    words = {"lines": "lines replaced", "function": "function ", "constants": "numbers moved"}
    for number in range(5):
        try:
            note = operator(task(number, judged({"main.py": one}), judged({"main.py": other}))).note
        except InvalidCandidate:
            assert (
                kind == "function"
            )  # one of two functions is all there is to take, and both parents have it
        else:
            assert words.get(kind, "` ") in note


def test_most_children_of_relatives_run() -> None:
    operator = AstCrossover(problem(PROGRAM))
    parents = judged({"main.py": PROGRAM}), judged({"main.py": SIBLING})
    ok = sum(runs(operator(task(number, *parents))) for number in range(60))
    assert ok >= 0.8 * 60


def test_the_same_parent_twice_is_refused() -> None:
    start = judged({"main.py": PROGRAM})
    for parents in [(start, start), (start,)]:
        with pytest.raises(InvalidCandidate, match="needs two different parents"):
            AstCrossover(problem(PROGRAM))(task(0, *parents))


def test_parents_without_a_common_file_are_refused() -> None:
    with pytest.raises(InvalidCandidate, match="share none"):
        AstCrossover(problem("x = 1"))(task(0, judged({"a.py": "x = 1.5"}), judged({"b.py": "x = 2.5"})))


def test_attempts_and_growth_bound_a_child() -> None:
    with pytest.raises(InvalidCandidate, match="in 2 attempts"):
        AstCrossover(problem("x = 1"), **{**NONE, "function": 1.0}, attempts=2)(
            task(0, judged({"main.py": "x = 1"}), judged({"main.py": "x = 2"}))
        )
    text = PROGRAM + PROGRAM
    assert (
        AstCrossover(problem(text), growth=4.0)._limits.nodes
        == 4 * AstCrossover(problem(text), growth=1.0)._limits.nodes
    )


def test_the_file_that_differs_is_crossed() -> None:
    one = judged({"a.py": "x = 1.5\n", "b.py": "y = [2.5, 3.5, 4.5]\n"})
    other = judged({"a.py": "x = 1.5\n", "b.py": "y = [6.5, 7.5, 8.5]\n"})
    operator = AstCrossover(problem("x = 1"))
    for number in range(10):
        child = operator(task(number, one, other))
        assert child.files["a.py"] == "x = 1.5\n"
        assert child.files["b.py"] != one.candidate.files["b.py"]
