"""Mutation: children are programs, mostly valid ones, and each kind of edit does what it says."""

import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.errors import InvalidCandidate
from evo.operators.ast_mutate import _EDITS, AstMutate
from evo.operators.chance import Chance
from evo.operators.program import Program
from evo.operators.region import Source, outside
from evo.operators.scope import analyse
from evo.operators.seed import Seed
from evo.operators.tree import size
from evo.plugins import problem as problem_named
from evo.testing.operator import PROGRAM, judged
from evo.types import ProposeTask
from tests.operators.programs import problem, programs, relaxed, run, runs, task

NONE = dict.fromkeys(_EDITS, 0.0)


def parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


@relaxed
@given(programs(), st.integers(0, 10**6))
def test_children_of_random_programs(text: str, seed: int) -> None:
    start = judged({"main.py": text})
    try:
        child = AstMutate(problem(text))(task(seed, start))
    except InvalidCandidate as error:
        assert "no code" in str(error)  # noqa: PT017  # most programs have children
        assert all(not source.strip() for source in blocks(text))
        return
    changed = child.files["main.py"]
    assert outside(changed) == outside(text)
    assert child.id != start.candidate.id
    tree = parsed(changed)
    compile(changed, "child", "exec")
    assert analyse(tree).unbound <= analyse(parsed(text)).unbound
    assert ast.get_docstring(tree.body[2]) == "Docs with 1.5 in them."  # type: ignore[arg-type]


def blocks(text: str) -> list[str]:
    source = Source(text)
    return [source.slice(block) for block in source.blocks]


@relaxed
@given(programs(marked=False), st.sampled_from(sorted(_EDITS)), st.integers(0, 10**6))
def test_every_kind_of_edit_gives_text_that_parses(text: str, kind: str, seed: int) -> None:
    """Apart from statements that were moved in front of what they need, which is checked later."""
    program = Program(text)
    edits = _EDITS[kind](program, Chance(seed))
    if edits:
        assert all(edit.note and "\n" not in edit.note for edit in edits)
        parsed(program.source.replace(edits))


@pytest.mark.parametrize("kind", _EDITS)
def test_each_kind_is_drawn_by_its_weight(kind: str) -> None:
    """With one weight alone every child is made by that kind of edit, where there is something to edit."""
    operator = AstMutate(problem(PROGRAM), **{**NONE, kind: 1.0}, more_edits=0.0)
    notes = [operator(task(number, judged({"main.py": PROGRAM}))).note for number in range(8)]
    words = {"delete": "deleted", "swap": "swapped", "move": "moved", "copy": "copied", "insert": "inserted"}
    words |= {"wrap": "wrapped"}
    assert all(words.get(kind, "` -> `") in note for note in notes)


@pytest.mark.parametrize("name", ["circle_packing", "online_bin_packing", "sphere"])
def test_most_children_of_our_problems_seeds_run(name: str) -> None:
    world = problem_named(name)
    seed = Seed(world)(ProposeTask(0, "seed"))
    start, operator = judged(seed.files), AstMutate(world)
    case = world.all_cases()[0]
    ok = 0
    for number in range(60):
        child = operator(task(number, start))
        (text,) = child.files.values()
        ok += runs_on(text, world.entry, case.inputs)
    assert ok >= 0.7 * 60


def runs_on(text: str, entry: str, inputs: object) -> bool:
    import numpy as np

    arguments = {"priority": (20.0, np.array([30.0, 55.0, 100.0])), "solve": tuple(inputs.values())}[entry]  # type: ignore[attr-defined]
    try:
        result = np.asarray(run({"main.py": text}, entry, *arguments), dtype=float)
    except (ArithmeticError, TypeError, ValueError, LookupError, NameError, AttributeError):
        return False
    return bool(np.isfinite(result).all())


def test_most_children_of_a_mixed_program_run() -> None:
    operator, start = AstMutate(problem(PROGRAM)), judged({"main.py": PROGRAM})
    ok = sum(runs(operator(task(number, start))) for number in range(80))
    assert ok >= 0.7 * 80


def test_many_different_children() -> None:
    operator, start = AstMutate(problem(PROGRAM)), judged({"main.py": PROGRAM})
    assert len({operator(task(number, start)).id for number in range(100)}) > 90


def test_more_edits_change_more() -> None:
    start = judged({"main.py": PROGRAM})
    few, many = AstMutate(problem(PROGRAM), more_edits=0.0), AstMutate(problem(PROGRAM), more_edits=0.8)
    counts = [
        sum(operator(task(number, start)).note.count("; ") for number in range(20))
        for operator in (few, many)
    ]
    assert counts[0] < 5 < counts[1]


def test_programs_stop_growing() -> None:
    text = "def solve(a0=1.5, n=3):\n    x = a0 * n\n    y = x + 2.5\n    return x * y\n"
    operator = AstMutate(problem(text), **{**NONE, "grow": 1.0, "copy": 1.0}, attempts=5)
    start = judged({"main.py": text})
    sizes = []
    for number in range(150):
        try:
            child = operator(task(number, start))
        except InvalidCandidate:
            continue
        start = judged(child.files)
        sizes.append(size(parsed(child.files["main.py"])))
    assert 100 < max(sizes) <= 250


def test_a_larger_seed_allows_larger_children() -> None:
    text = PROGRAM + PROGRAM
    small, large = AstMutate(problem(text), growth=1.0), AstMutate(problem(text), growth=4.0)
    assert small._limits.nodes * 4 == large._limits.nodes


def test_attempts_bound_the_search_for_an_edit() -> None:
    text = "x = y = None\n"
    with pytest.raises(InvalidCandidate, match="in 3 attempts"):
        AstMutate(problem(text), **{**NONE, "bounds": 1.0}, attempts=3)(task(0, judged({"main.py": text})))


def test_files_that_are_not_python_are_refused() -> None:
    with pytest.raises(InvalidCandidate, match="changes Python files"):
        AstMutate(problem(PROGRAM))(task(0, judged({"notes.txt": "x = 1"})))


def test_files_that_hold_nothing_are_passed_over() -> None:
    files = {"a.py": "", "b.py": "def f(:", "c.py": "x = 1.5\n"}
    operator = AstMutate(problem("x = 1"))
    assert {operator(task(number, judged(files))).files["c.py"] != files["c.py"] for number in range(10)} == {
        True
    }
    with pytest.raises(
        InvalidCandidate, match=r"a\.py: its mutable region holds no code; b\.py: it does not parse"
    ):
        operator(task(0, judged({path: files[path] for path in ("a.py", "b.py")})))


def test_one_of_several_files_is_changed() -> None:
    files = {"a.py": "x = 1.5 + 2\n", "b.py": "def f(n: int):\n    return n * 2\n", "c.txt": "z"}
    operator = AstMutate(problem("x = 1"))
    children = [operator(task(number, judged(files))).files for number in range(20)]
    changed = [[path for path in files if child[path] != files[path]] for child in children]
    assert {tuple(paths) for paths in changed} == {("a.py",), ("b.py",)}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "delete",
            "def f(x):\n    for i in x:\n        x = 1  # why\n    return x\n",
            "def f(x):\n    for i in x:\n        pass\n    return x\n",
        ),
        ("delete", "def f(x):\r\n\tif x:\r\n\t\tx = 1\r\n", "def f(x):\r\n\tif x:\r\n\t\tpass\r\n"),
        (
            "swap",
            "def f(a):\n  b = a  # first\n  c = 2\n  return c\n",
            "def f(a):\n  c = 2\n  b = a  # first\n  return c\n",
        ),
        ("move", "a = 1\nb = 2", "b = 2\na = 1\n"),
        ("wrap", "def f(x):\n\tx = x + 1 # c", "def f(x):\n\tfor _ in range(5):\n\t    x = x + 1\n"),
        ("condition", "if x < 2: y = 1", "if x >= 2: y = 1"),
        ("operator", "y = x and 2", "y = x or 2"),
        ("operator", "import math\ny = math.sin(2)", "import math\ny = math.cos(2)"),
        ("operator", "y = min(2.5, 3)", "y = max(2.5, 3)"),
        ("bounds", "for i in range(7): pass", "for i in range(8): pass"),
        (
            "bounds",
            "def f(n):\n    for i in range(n * 2): pass",
            "def f(n):\n    for i in range(n * 2 - 1): pass",
        ),
        ("arguments", "y = pow(2.5, 3)", "y = pow(3, 2.5)"),
        ("shrink", "y = (1.5 + 2) * 3", "y = (1.5) * 3"),
        ("shrink", "y = 2 * (3 + 4)", "y = 3 + 4"),
        ("grow", "def f(x: float):\n    return x", "def f(x: float):\n    return x + x"),
        (
            "grow",
            "def f(x: float, y: float):\n    return -x",
            "def f(x: float, y: float):\n    return -x - y",
        ),
        (
            "insert",
            "def f(x: float):\n    y = 1.5\n    return y",
            "def f(x: float):\n    y = 1.5\n    y = y * x\n    return y",
        ),
    ],
)
def test_what_a_kind_of_edit_can_do(kind: str, text: str, expected: str) -> None:
    """Among many draws there is the expected one."""
    program, edit = Program(text), _EDITS[kind]
    found = {program.source.replace(edits) for seed in range(600) if (edits := edit(program, Chance(seed)))}
    assert expected in found, sorted(found)


@pytest.mark.parametrize("kind", ["replace", "grow", "insert", "condition", "arguments"])
def test_only_known_names_are_used(kind: str) -> None:
    text = (
        "import numpy as np\ndef f(a: float, v: np.ndarray):\n    b = a * 2.5\n    later = [k * a for k in range(3)]\n"
        "    c = np.sum(v) + b\n    return max(v[0], c)\n"
    )
    program = Program(text)
    for seed in range(150):
        edits = _EDITS[kind](program, Chance(seed))
        if edits:
            assert not analyse(parsed(program.source.replace(edits))).unbound


def test_arrays_are_exchanged_for_arrays_of_the_same_shape() -> None:
    text = (
        "import numpy as np\ndef solve(a0=1.5, n=4):\n    v = np.arange(n) * a0\n    m = np.ones((n, 3)) * a0\n"
        "    w = v[:, None] + m\n    return w.sum(axis=1) - v\n"
    )
    operator, start = (
        AstMutate(problem(text), **{**NONE, "replace": 1.0, "grow": 1.0}),
        judged({"main.py": text}),
    )
    ok = sum(runs(operator(task(number, start))) for number in range(80))
    assert ok >= 0.8 * 80


def test_no_function_is_made_to_call_itself() -> None:
    text = (
        "def helper(x: float):\n    y = x * 0.5\n    return y + 1.5\n"
        "def solve():\n    z = helper(2.5)\n    return z * helper(z)\n"
    )
    program = Program(text)
    for seed in range(200):
        edits = _EDITS["replace"](program, Chance(seed))
        body = program.source.replace(edits).partition("def solve")[0]
        assert body.count("helper") == 1


def test_indented_blocks_keep_tabs_and_line_ends() -> None:
    text = "def solve(a0=1.5, n=4):\r\n\tif n > 2:\r\n\t\ta0 = a0 + 1\r\n\t\tn = n - 1\r\n\treturn a0 * n"
    operator, start = AstMutate(problem(text)), judged({"main.py": text})
    for number in range(60):
        changed = operator(task(number, start)).files["main.py"]
        assert "\n" not in changed.replace("\r\n", "")


def test_draws_are_repeatable_and_spread() -> None:
    weights = {"a": 3.0, "b": 1.0, "c": 0.0}
    drawn = [Chance(seed).weighted(weights) for seed in range(400)]
    assert drawn == [Chance(seed).weighted(weights) for seed in range(400)]
    assert 0.65 < drawn.count("a") / 400 < 0.85
    assert "c" not in drawn
