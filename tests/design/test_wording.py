"""What rules understand of words."""

import pytest

from evo.design.wording import answer, message, order_of, overlap, quantity, says_to, thing, verb


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("divide 22 by 11 .", 2),
        ("add 3 and 4", 7),
        ("subtract 3 from 10", 7),
        ("multiply 34 and 5", 170),
        ("what is 9 - 4?", 5),
        ("6 divided by 4", 1.5),
        ("divide 4 by 0", None),
        ("you have 3 apples", None),
    ],
)
def test_sums(text: str, expected: float | None) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("take 25g of oak", 25),
        ("take 2kg of oak", 2000),
        ("take 12 pears", 12),
        ("15mm of wire", 0.015),
        ("sing", None),
    ],
)
def test_quantities(text: str, expected: float | None) -> None:
    assert quantity(text) == expected


def test_orders_of_amounts() -> None:
    assert order_of("First the smallest, then the next") == 1
    assert order_of("from largest to smallest") == -1
    assert order_of("put things away") == 0


def test_words() -> None:
    assert overlap("take coin", frozenset({"take", "coin"})) == 1.0
    assert overlap("put coin in box", frozenset({"coin"})) == pytest.approx(1 / 3)
    assert (verb("pick up the red key"), thing("put red key in box")) == ("take", "red key")
    assert message("Taken.\nYou are in the hall.\nInventory:\n a map") == "Taken.\n"
    assert says_to("take papaya", "The task is to take the papaya", frozenset())
    assert not says_to("take papaya", "The task is to take the peach", frozenset({"papaya"}))
