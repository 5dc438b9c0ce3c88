"""Replies of small models are read for what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.design.replies import (
    agreed,
    chosen,
    closing,
    counted,
    final,
    listed,
    mark,
    marks,
    mentioned,
    same,
    shares,
)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. take key\n2) open door", ("take key", "open door")),
        ("Here is the plan:\n- **look**\n- go\n\nGood luck!", ("look", "go")),
        ("Step 1: look\nStep 2: go", ("look", "go")),
        ("look\ngo\n", ("look", "go")),
        ("", ()),
        ("1.\n2.\n", ("1.", "2.")),
        ("1. a\n2. b\n3. c\n4. d", ("a", "b", "c")),
    ],
)
def test_a_list(text: str, items: tuple[str, ...]) -> None:
    assert listed(text, 3) == items


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Let me think.\nAnswer: 7", "7"),
        ("The answer is 5. No wait.\n**Final answer:** 6", "6"),
        ("thus \\boxed{42}.", "42"),
        ("just this", "just this"),
        ("first\nlast line", "last line"),
        ("", ""),
    ],
)
def test_a_final_answer(text: str, answer: str) -> None:
    assert final(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("CALL add(1, 2)\nAnswer: 5\n\n**Answer: 3**", "3"),
        ("The final answer is 3.", "3."),
        ("To answer this question we add them.\nCALL add(1, 2)", ""),
        ("Answer:", ""),
        ("", ""),
    ],
)
def test_an_answer_that_is_said_to_be_one(text: str, answer: str) -> None:
    assert closing(text) == answer


def test_answers_that_mean_the_same_are_counted_together() -> None:
    assert same("The 1,000.0.") == same("1000") == "1000"
    assert counted(["", "Paris.", "london", "paris", "London", "PARIS"]) == ("Paris.", 0.5)
    assert counted(["2", "3"]) == ("2", 0.5)
    assert counted(["", " "]) == ("", 0.0)
    assert counted([]) == ("", 0.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7.0),
        ("Score: 8/10 because of 3 mistakes", 8.0),
        ("I looked at 3 things and rate it 6 out of 10", 6.0),
        ("**Rating**: 4.5", 4.5),
        ("1000", None),
        ("good", None),
        ("", None),
    ],
)
def test_a_mark(text: str, value: float | None) -> None:
    assert mark(text, 0, 10) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1: 5, 2: 1, 3: 4", [5, 1, 4]),
        ("1. 5\n3. 4.5", [5, None, 4.5]),
        ("Marks: 5, 1 and 3", [5, 1, 3]),
        ("[5, 1]", [None, None, None]),
        ("1: 50, 2: 2", [None, 2, None]),
        ("fine", [None, None, None]),
    ],
)
def test_marks(text: str, values: list[float | None]) -> None:
    assert marks(text, 3, 1, 5) == values


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("go north", 0),
        ("Answer: Take key", 1),
        ("2", 1),
        ("Option 2, as it is safer", 1),
        ("I would take key now, it helps", 1),
        ("9", None),
        ("retake keys", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_choice(text: str, place: int | None) -> None:
    assert chosen(text, ["go north", "take key"]) == place


@pytest.mark.parametrize(
    ("text", "is_yes"),
    [
        ("Yes.", True),
        ("This is correct, no doubt", True),
        ("That is not correct", False),
        ("There is a mistake in line 2", False),
        ("Incorrect", False),
        ("hm", None),
    ],
)
def test_yes_or_no(text: str, is_yes: bool | None) -> None:
    assert agreed(text) is is_yes


@given(st.text(max_size=80))
def test_nothing_raises(text: str) -> None:
    listed(text, 5), final(text), same(text), counted([text]), mark(text, 0, 1), chosen(text, ["a", text])
    agreed(text), marks(text, 2, 0, 9)


def test_of_options_that_end_at_the_same_word_the_longest_is_named() -> None:
    options = ("key", "take red key", "go north", "?!")
    assert chosen("I would go north, or rather take the thing called\n take red key I think", options) == 1
    assert mentioned("first go north, then the key", options) == 0
    assert mentioned("?!", options) is None
    assert mentioned("", ()) is None


def test_articles_share_nothing() -> None:
    assert shares("put the key into a box", ("take the key", "open the door", "the", "key")) == [0.5, 0, 0, 1]
