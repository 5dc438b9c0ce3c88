"""Quoted lines are found where they are meant, or nowhere."""

import pytest

from evo.operators.reply.align import ratio
from evo.operators.reply.outcome import Effort, Unclear
from evo.operators.reply.page import Page
from evo.operators.reply.similar import find, find_exact, line_overlap

TEXT = """import numpy as np


def one(x):
    total = x + 1
    for k in range(10):

        total = total * 0.5
    return total


def two(x):
    total = x - 1
    for k in range(20):

        total = total * 0.25
    return total
"""


def found(*quoted: str, text: str = TEXT, hint: int | None = None) -> tuple[int, int, str]:
    match = find(quoted, Page(text), Effort(), hint)
    return match.start + 1, match.end, match.how


def test_exactly() -> None:
    assert found("    total = x + 1", "    for k in range(10):") == (5, 6, "")


def test_white_space_and_blank_lines_aside() -> None:
    assert found("for k in range(20):", "total = total * 0.25") == (14, 16, "white space aside")
    assert found("for k in range( 20 ) :") == (14, 14, "white space aside")


def test_rows_tell_which_line_is_which() -> None:
    match = find(["for k in range(20):", "", "", "total = total * 0.25"], Page(TEXT), Effort())
    assert match.rows == (13, None, None, 15)


def test_several_places_are_told() -> None:
    with pytest.raises(Unclear, match=r"2 places \(lines 9, 17\)"):
        found("    return total")


def test_a_line_number_decides_between_equals() -> None:
    assert found("    return total", hint=15) == (17, 17, "")
    with pytest.raises(Unclear):
        found("    return total", hint=12)  # as near to the one as to the other


def test_only_the_place_in_the_mutable_region_counts() -> None:
    marked = TEXT.replace("\n\ndef two", "# EVOLVE-BLOCK-START\ndef two") + "# EVOLVE-BLOCK-END\n"
    assert found("    return total", text=marked) == (16, 16, "")


def test_comments_aside() -> None:
    assert found("total = total * 0.25  # twice", "return total") == (16, 17, "comments aside")


def test_by_similarity() -> None:
    text = "alpha = compute(first)\nbeta = compare(second, third)\n\ngamma = combine(alpha, beta)\n"
    assert found("alfa = compute(first);", "beta = compare(second, 3)", text=text) == (
        1,
        2,
        "by similarity 0.90",
    )
    assert found("gamma = combine(beta)", text=text)[:2] == (4, 4)


def test_lines_left_out_of_the_quotation() -> None:
    start, end, _ = found("def two(x):", "    total = x - 1", "        total = total * 0.25")
    assert (start, end) == (12, 16)


def test_as_similar_to_another_place() -> None:
    with pytest.raises(Unclear, match=r"resemble lines 8-8.*also line 16"):
        found("        total = total * 0.35")


def test_not_similar_enough_names_the_closest() -> None:
    with pytest.raises(Unclear, match=r"closest are lines 5-\d+, `total = x \+ 1`"):
        found("    total = start(x) + one_more(1)", "    while running:", "        total = next(total)")


def test_nothing_alike() -> None:
    with pytest.raises(Unclear, match="not in the program"):
        found("§§§§ ¶¶¶¶")


def test_exact_alone() -> None:
    assert find_exact(["total = x - 1"], Page(TEXT)) is not None
    assert find_exact(["total = x - 2"], Page(TEXT)) is None


def test_the_effort_bounds_a_search() -> None:
    effort = Effort(left=100)
    with pytest.raises(Unclear):
        find(["    totals = x + 1"], Page(TEXT), effort)
    assert effort.spent <= 100


def test_ratio() -> None:
    assert ratio("same", "same", Effort(0)) == 1.0
    assert 0.9 < ratio("x = 0.25 * y", "x = 0.35 * y", Effort()) < 1.0
    assert ratio("abc", "xyz", Effort()) == 0.0


def test_overlap() -> None:
    assert line_overlap(["a", " b", ""], ["b", "a"]) == 1.0
    assert line_overlap(["a", "b"], ["a", "c"]) == 0.5
    assert line_overlap([], []) == 0.0
