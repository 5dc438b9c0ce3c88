"""BM25: rare words count more, long texts less, and passages lose no word."""

import math

import pytest

from evo.design.ranking import K1, B, best, passages, scores, terms

TEXTS = ("the red key opens the cellar", "a red apple on a red table", "the garden is green", "")


def test_a_score_by_hand() -> None:
    n, df, length, mean = 4, 1, len(terms(TEXTS[0])), sum(len(terms(text)) for text in TEXTS) / 4
    idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
    expected = idf * (K1 + 1) / (1 + K1 * (1 - B + B * length / mean))
    assert scores("Where is the KEY?", TEXTS)[0] == pytest.approx(expected)
    assert scores("Where is the KEY?", TEXTS)[1:] == [0, 0, 0]


def test_the_best_come_first_and_what_does_not_fit_is_left_out() -> None:
    assert best("red keys", TEXTS, 4) == [0, 1]
    assert best("red keys", TEXTS, 1) == [0]
    assert best("blue", TEXTS, 4) == []
    assert best("red", [], 3) == []
    assert scores("red", ["", ""]) == [0, 0]


def test_of_equals_the_earlier() -> None:
    assert best("red", ["red cat", "red dog", "red cow"], 2) == [0, 1]


def test_passages_hold_every_word_once() -> None:
    text = "One two three. Four five six! Seven\n\nEight nine. " + " ".join(f"w{n}" for n in range(50))
    found = passages(text, 6)
    assert " ".join(found).split() == text.split()
    assert found[:2] == ["One two three. Four five six!", "Seven"]
    assert max(len(one.split()) for one in found) <= 12
    assert passages("", 5) == []
