import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.report import text
from tests.report.samples import BETTER, HOSTILE, SEED

any_text = st.text(st.characters(exclude_categories=()), max_size=200)


@given(any_text)
def test_visible_text_holds_nothing_that_acts(value: str) -> None:
    shown = text.visible(value)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)
    assert not any(0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E for c in shown)
    shown.encode("utf-8")  # no lone surrogate is left


@given(any_text, st.integers(1, 50))
def test_one_line_is_one_short_line(value: str, limit: int) -> None:
    shown = text.one_line(value, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1


def test_ordinary_text_stays_as_it_is() -> None:
    assert text.visible("naïve – 数 😀\n\tend") == "naïve – 数 😀\n\tend"
    assert text.visible("a\r\nb\rc") == "a\nb␍c"
    assert text.visible("\x1b[2J") == "␛[2J"
    assert text.visible("x\u202ey") == "x<U+202E>y"
    assert text.visible("abcdef", limit=2) == "ab … (4 more characters)"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"), (math.nan, "–"), (0, "0 s"), (1e-5, "< 1 ms"), (0.85, "850 ms"), (0.9996, "1.0 s"), (12.34, "12.3 s"),
        (59.96, "1 min 00 s"), (245, "4 min 05 s"), (3_599.7, "1 h 00 min"), (8_000, "2 h 13 min"), (273_600, "3 d 4 h"),
    ],
)  # fmt: skip
def test_durations(seconds: float | None, shown: str) -> None:
    assert text.duration(seconds) == shown


def test_numbers() -> None:
    assert text.number(-0.0398123456789, 4) == "-0.03981"
    assert text.number(math.inf) == text.number(None) == text.count(math.nan) == text.gain(None) == "–"
    assert text.gain(0.5) == "+0.5"
    assert text.gain(-0.5) == "-0.5"
    assert text.count(1234567) == "1,234,567"
    assert text.share(1, 3) == "33.3 %"
    assert text.share(1, 100_000) == "< 0.1 %"
    assert text.share(0, 0) == "–"
    assert text.rate(1234.5) == "1,234/s"
    assert text.rate(0.05) == "3/min"
    assert text.amount("usd", 0.0123) == "$0.0123"
    assert text.amount("seconds", 61) == "1 min 01 s"
    assert text.amount("evaluations", 1000) == "1,000"


def test_how_a_score_stands_to_the_best_known() -> None:
    assert text.against(None, 1.0) == text.against(1.0, None) == ""
    assert text.against(2.0, 1.0) == "+1 above the best known"
    assert text.against(1.0, 1.0) == "equal to the best known"
    assert text.against(0.5, 1.0) == "50.00 % of the best known"
    assert text.against(-0.5, 0.0) == "0.5 below the best known"


@given(st.floats(0.5, 1, exclude_max=True))
def test_what_falls_short_never_reads_a_hundred_per_cent(ratio: float) -> None:
    assert not text.against(ratio, 1.0).startswith("100")


@dataclass(frozen=True)
class Point:
    x: float
    where: Path


def test_json_lines_hold_any_plain_value_and_no_nan() -> None:
    row = {
        "p": Point(math.nan, Path("a/b")),
        "array": np.array([1.0, np.inf]),
        "n": np.int64(3),
        "t": (1, None, True),
    }
    printed = text.json_lines([row, {"text": HOSTILE}])
    first, second = printed.splitlines()
    assert json.loads(first) == {
        "p": {"x": None, "where": "a/b"},
        "array": [1.0, None],
        "n": 3,
        "t": [1, None, True],
    }
    assert json.loads(second) == {"text": HOSTILE}
    assert printed.isascii()
    assert text.json_lines([]) == ""


def test_a_diff_of_candidates_names_every_file_that_differs() -> None:
    before = {"seed.py": SEED, "same.txt": "x\n", "gone.txt": "old\n"}
    after = {"seed.py": BETTER, "same.txt": "x\n", "new.txt": "new\n"}
    lines = text.files_diff(before, after).splitlines()
    assert "--- a/gone.txt" in lines
    assert "+++ /dev/null" in lines
    assert "--- /dev/null" in lines
    assert "+++ b/new.txt" in lines
    assert "-    k = 6" in lines
    assert "+    k, shift = 5, 0.01" in lines
    assert not any("same" in line for line in lines)
    assert text.files_diff(before, before) == ""
    assert text.files_diff({"a": "x"}, {"a": "x\n"}) != ""
