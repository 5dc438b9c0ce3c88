"""Typed parameters: what is read, what is drawn, what lies near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.design.parameter import Choice, Flag, Float, Int, Parameter, Prompt, Text, defaults, drawn, grids

RANGES: list[Parameter] = [
    Int("size", 3, 1, 5),
    Int("size", 8, 1, 64, log=True),
    Int("size", 0, -100, 1000),
    Float("heat", 0.5, 0.0, 2.0),
    Float("heat", 1e-3, 1e-5, 1.0, log=True),
    Float("heat", 1 / 3, 0.3333, 0.3334),
]
CHOICES: list[Parameter] = [
    Choice("kind", "b", ("a", "b", "c")),
    Choice("detail", 4, (1, 2, 4, 8)),
    Flag("short"),
]
FIXED: list[Parameter] = [Text("words", "so"), Prompt(), Text("law", "deny a  # so it is", form="rules")]


@pytest.mark.parametrize("one", RANGES + CHOICES + FIXED)
def test_everything_offered_can_be_read(one: Parameter) -> None:
    rng = np.random.default_rng(1)
    values = [one.default, *one.grid(), *(one.draw(rng) for _ in range(50))]
    values += [near for value in list(values) for near in one.neighbours(value)]
    for value in values:
        assert one.read(value) == value
        assert type(one.read(value)) is type(value)
    assert list(one.grid()) == list(dict.fromkeys(one.grid()))


@pytest.mark.parametrize("one", RANGES[:5] + CHOICES)
def test_neighbours_are_other_values(one: Parameter) -> None:
    for value in one.grid():
        near = one.neighbours(value)
        assert near
        assert value not in near


def test_steps_are_factors_on_a_logarithmic_range_and_differences_else() -> None:
    assert Int("size", 8, 1, 64, log=True).neighbours(32) == (21, 31, 33, 48)
    assert Int("size", 8, 0, 80).neighbours(40) == (30, 39, 41, 50)
    far = Float("heat", 0.01, 1e-4, 1.0, log=True).neighbours(0.01)
    assert [round(value / 0.01, 2) for value in far] == [0.4, 0.79, 1.26, 2.51]
    assert Choice("detail", 1, (1, 2, 4)).neighbours(2) == (1, 4)
    assert Choice("kind", "a", ("a", "b", "c")).neighbours("b") == ("a", "c")


def test_a_logarithmic_draw_favours_no_decade() -> None:
    rng = np.random.default_rng(0)
    values = np.array([Float("heat", 0.01, 1e-4, 1.0, log=True).draw(rng) for _ in range(2000)])
    shares = [np.mean((values >= 10.0**power) & (values < 10.0 ** (power + 1))) for power in range(-4, 0)]
    assert all(0.2 < share < 0.3 for share in shares)


@pytest.mark.parametrize(
    ("one", "value", "words"),
    [
        (RANGES[0], 6, "a whole number from 1 to 5, got 6"),
        (RANGES[0], 2.5, "a whole number"),
        (RANGES[0], True, "a whole number"),
        (RANGES[0], "3", "a whole number"),
        (RANGES[3], float("nan"), "a number from 0 to 2"),
        (RANGES[3], 10**400, "a number from 0 to 2"),
        (CHOICES[0], "bb", "one of its choices, got 'bb'.* Choices: a, b, c"),
        (CHOICES[1], True, "one of its choices"),
        (CHOICES[2], "yes", "true or false"),
        (FIXED[0], "x" * 2001, "at most 2000 letters"),
        (FIXED[0], "\ud800", "at most"),
        (FIXED[1], "../secret.md", "prompts/think.md"),
        (
            FIXED[2],
            "allow a\nforbid b",
            "^rules that can be read: rule 2 must begin with a verb and a name, got 'forbid b'",
        ),
        (FIXED[2], "deny a when b matches " + "(" * 1500, "rule 1: .* is no regular expression"),
        (FIXED[2], "x" * 2001, "at most 2000 letters"),
    ],
)
def test_what_is_wrong_is_said(one: Parameter, value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        one.read(value)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Int("size", 9, 1, 5),
        lambda: Int("size", 1, 5, 1),
        lambda: Int("size", 0, 0, 5, log=True),
        lambda: Float("heat", 0.0, 0.0, 1.0, log=True),
        lambda: Choice("kind", "d", ("a", "b")),
        lambda: Choice("kind", "a", ("a", "a")),
        lambda: Text("law", form="rukes"),
        lambda: Text("law", "forbid b", form="rules"),
        lambda: Text("words", "abc", longest=2),
    ],
)
def test_a_wrong_range_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        wrong()  # type: ignore[operator]


def test_conditions() -> None:
    family = (Flag("deep"), Int("levels", 2, 1, 3, when="deep"), Choice("kind", "a", ("a", "b"), when="deep"))
    family = (*family, Int("only_b", 1, 1, 2, when="kind=b"))
    assert defaults(family) == {"deep": False}
    found = grids(family)
    assert len(found) == 1 + 3 * (1 + 2)
    assert {"deep": True, "levels": 3, "kind": "b", "only_b": 2} in found
    assert {"deep": False} in found
    rng = np.random.default_rng(0)
    assert all(drawn(family, rng) in found for _ in range(30))


@given(st.integers(-50, 50), st.integers(1, 200), st.booleans())
def test_a_grid_is_all_or_a_few_and_keeps_its_ends(low: int, span: int, log: bool) -> None:
    low = max(low, 1) if log else low
    grid = Int("size", low, low, low + span, log=log).grid()
    assert (grid[0], grid[-1]) == (low, low + span)
    assert len(grid) == span + 1 if span < 9 else len(grid) <= 10
