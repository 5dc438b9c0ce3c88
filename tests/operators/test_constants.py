"""Numbers are found, changed and written back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.identity import normalise
from evo.operators.chance import Chance
from evo.operators.constants import nudged, numbers, with_values
from evo.operators.local_search import difference_step, leap, like, sparse_step
from evo.operators.program import Program
from tests.operators.programs import relaxed

TEXT = '''"""Has 1.5 in it."""
import numpy as np
def f(x, scale=2.5, *, shift=-3):
    """And 7 here."""
    grid = np.zeros((4, 5))
    table = [[0.1, -0.2], [3, 4]]
    for k in range(6):
        x = x ** 2 + grid[0, 1] - table[1][0] ** 0.5
    text = f"{x + 9} 10" + "11"
    return np.clip(x, -1e-3, 1e3, out=None) if True else np.sum(grid, axis=1) + 1e999 + 12
'''


def test_numbers_are_found_where_they_count() -> None:
    found = [(number.value, number.role) for number in numbers(Program(TEXT))]
    assert found == [
        (2.5, "value"),
        (-3, "value"),
        (0.1, "value"),
        (-0.2, "value"),
        (3, "value"),
        (4, "value"),
        (6, "value"),
        (2, "power"),
        (0, "index"),
        (1, "index"),
        (1, "index"),
        (0, "index"),
        (0.5, "power"),
        (-0.001, "value"),
        (1000.0, "value"),
        (12, "value"),
    ]
    assert [type(value) for value, _ in found[:3]] == [float, int, float]


def test_only_the_region_is_searched() -> None:
    text = "a = 1.5\n# EVOLVE-BLOCK-START\nb = 2.5\n# EVOLVE-BLOCK-END\nc = 3.5\n"
    assert [number.value for number in numbers(Program(text))] == [2.5]


@relaxed
@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15),
        min_size=16,
        max_size=16,
    )
)
def test_values_read_back_exactly_and_nothing_else_changes(values: list[float]) -> None:
    program = Program(TEXT)
    found = numbers(program)
    text = program.source.replace(with_values(program, list(zip(found, values, strict=True)), ""))
    assert blanked(text) == blanked(TEXT)
    after = [number.value for number in numbers(Program(text))]
    assert after == values
    assert list(map(type, after)) == list(map(type, values))


def blanked(text: str) -> str:
    """The program with its numbers taken out."""
    program = Program(text)
    zeros = [(number, 0) for number in numbers(program)]
    return normalise("main.py", program.source.replace(with_values(program, zeros, "")))


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("x = a - 1.5", -2.5, "x = a - (-2.5)"),
        ("x = 2 ** 1.5", -2.5, "x = 2 ** (-2.5)"),
        ("x = f(1.5)", -2.5, "x = f(-2.5)"),
        ("x = -1.5", 2.5, "x = 2.5"),
        ("x = a * -1.5", -2.0, "x = a * -2.0"),
        ("x = [1.5]  # 1.5", 1e-9, "x = [1e-09]  # 1.5"),
    ],
)
def test_spelling(before: str, value: float, after: str) -> None:
    program = Program(before)
    assert program.source.replace(with_values(program, [(numbers(program)[-1], value)], "")) == after


@relaxed
@given(st.integers(0, 10**6), st.sampled_from([0, 1, 7, -4, 100, 0.0, 1.5, -2e-9, 1e12]))
def test_nudges_are_new_and_of_the_same_kind(seed: int, value: float) -> None:
    program = Program(f"x = {value!r}")
    (number,) = numbers(program)
    new = nudged(number, Chance(seed))
    assert type(new) is type(value)
    assert math.isfinite(new)
    if isinstance(value, int):
        assert new != value
        assert new >= 0 or value < 0


@relaxed
@given(st.integers(0, 10**6), st.lists(st.sampled_from([0, 3, -2, 0.0, 1.5, -1e-6]), min_size=1, max_size=70))
def test_steps_keep_kinds_and_change_little(seed: int, start: list[float]) -> None:
    values = tuple(start)
    stepped = sparse_step(values, Chance(seed))
    assert [type(value) for value in stepped] == [type(value) for value in values]
    assert all(
        new >= 0 for new, old in zip(stepped, values, strict=True) if isinstance(old, int) and old >= 0
    )
    moved = difference_step(values, [stepped, values], Chance(seed))
    assert [type(value) for value in moved] == [type(value) for value in values]


def test_sparse_steps_are_sparse() -> None:
    start = (1.5,) * 60
    changed = [
        sum(new != old for new, old in zip(sparse_step(start, Chance(seed)), start, strict=True))
        for seed in range(300)
    ]
    assert 1.5 < sum(changed) / len(changed) < 2.5
    assert max(changed) > 4


def test_differences_point_from_the_worse_to_the_better() -> None:
    for seed in range(50):
        better, worse = (2.0, 10), (1.0, 4)
        x, y = difference_step((5.0, 20), [better, worse], Chance(seed))
        assert x >= 5.0
        assert y >= 20


def test_leaps_reach_other_orders_of_magnitude() -> None:
    sizes = [abs(leap(3.0, Chance(seed))) for seed in range(200)]
    assert min(sizes) < 0.1
    assert max(sizes) > 100


def test_like_keeps_the_kind() -> None:
    assert like(3, -2.6) == 3
    assert like(-3, -2.6) == -3
    assert like(1.5, 2) == 2.0
    assert type(like(1.5, 2)) is float
