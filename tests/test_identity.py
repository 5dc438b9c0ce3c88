import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.identity import candidate_id, normalise
from evo.types import Candidate

PROGRAM = "def f(x):\n    '''Says what.'''\n    return x + 1  # why\n"


def test_layout_comments_and_docstrings_do_not_matter() -> None:
    same = "def f( x ):\n\n    return (x+1)\n"
    assert candidate_id({"a.py": PROGRAM}) == candidate_id({"a.py": same})


def test_what_a_program_does_matters() -> None:
    other = PROGRAM.replace("+ 1", "+ 1.0")
    assert candidate_id({"a.py": PROGRAM}) != candidate_id({"a.py": other})


def test_file_names_matter() -> None:
    assert candidate_id({"a.py": PROGRAM}) != candidate_id({"b.py": PROGRAM})


def test_a_string_that_is_used_is_no_docstring() -> None:
    assert candidate_id({"a.py": "x = 'a'\n"}) != candidate_id({"a.py": "x = 'b'\n"})


def test_text_cannot_move_between_files() -> None:
    """Lengths are part of the hash, so no two splits of the same text are one candidate."""
    assert candidate_id({"a": "xy", "b": "z"}) != candidate_id({"a": "x", "b": "yz"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = True"),
        ("x = 0.0", "x = -0.0"),
        ("f(a, b)", "f(a)(b)"),
        ("x: int = 1", "x = 1"),
        ("def f(a, /, b): pass", "def f(a, b): pass"),
        ("def f(a, *, b): pass", "def f(a, b): pass"),
        ("import a as b", "import a"),
        ("from . import a", "from .. import a"),
        ("f'{x!r}'", "f'{x}'"),
        ("[x for x in y if a if b]", "[x for x in y if a]"),
        ("if a:\n  b\nelse:\n  c", "if a:\n  b\nc"),
        ("async def f(): pass", "def f(): pass"),
        ("x = b'a'", "x = 'a'"),
        ("a < b < c", "a < (b < c)"),
        ("{**a}", "{a: a}"),
    ],
)
def test_what_differs_is_told_apart(one: str, other: str) -> None:
    assert candidate_id({"a.py": one}) != candidate_id({"a.py": other})


def test_a_number_too_long_to_print_has_an_id() -> None:
    assert candidate_id({"a.py": "x = 0x" + "f" * 9000}) != candidate_id({"a.py": "x = 0x" + "f" * 9001})


def test_a_broken_program_has_an_id() -> None:
    assert len(candidate_id({"a.py": "def f(:\n"})) == 16


def test_nesting_beyond_the_parser_is_compared_as_text() -> None:
    assert normalise("a.py", "(" * 5000 + ")" * 5000)


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1, max_size=3))
def test_any_text_has_a_stable_id(files: dict[str, str]) -> None:
    assert candidate_id(files) == candidate_id(dict(reversed(list(files.items()))))
    assert Candidate.of(files).id == candidate_id(files)
