import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.report.axis import Axis, tick_label
from evo.report.chart import MAX_POINTS, Chart, Curve, draw, subsample
from evo.report.statistics import best_so_far
from tests.report.samples import HOSTILE, curve

scores_strategy = st.lists(
    st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 3) | st.just(1e-9),
    min_size=1,
    max_size=40,
)


class Marks(HTMLParser):
    """Every number that a drawing writes into a coordinate, and its texts."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        self.numbers: list[float] = []
        self.classes: list[str] = []
        self.texts: list[str] = []
        self.feed(svg)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.classes.append(values.get("class", ""))
        for name in ("x", "y", "d", "cx", "cy", "data-low", "data-high", "data-x0", "data-from"):
            path = values.get(name, "")
            found = re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", path)
            assert not re.sub(r"[MHVLhvZz,\s]|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", "", path), path
            if name in ("x", "y", "d", "cx", "cy"):
                self.numbers += map(float, found)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def chart(scores: list[float], best_known: float | None = None, gap: bool = False) -> Chart:
    at = np.arange(1.0, len(scores) + 1)
    values = np.array(scores, dtype=float)
    one = Curve("", at, best_so_far(values), end=len(scores) + 3.0)
    return Chart((one,), at, values, best_known, gap)


@given(scores_strategy, st.none() | st.floats(allow_nan=False, allow_infinity=False), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_coordinate_is_finite_and_inside(scores: list[float], known: float | None, gap: bool) -> None:
    one = chart(scores, known)
    if gap and not one.has_gap:
        return
    marks = Marks(draw(chart(scores, known, gap)))
    assert marks.numbers
    assert all(-1 <= value <= max(one.width, one.height) + 1 for value in marks.numbers)
    assert not {"nan", "inf", "-inf"} & {text.strip().lower() for text in marks.texts}


@pytest.mark.parametrize(
    "scores", [[], [0.0], [1e300, -1e300], [5.0] * 9, [2.635862756, 2.635862757], [-8e8, -1e-12]]
)
def test_odd_runs_are_drawn(scores: list[float]) -> None:
    marks = Marks(draw(chart(scores, 2.7)))
    assert all(math.isfinite(value) for value in marks.numbers)
    assert ("curve curve-0" in marks.classes) == bool(scores)


def test_the_curve_steps_where_the_best_does() -> None:
    svg = draw(chart([1.0, 0.5, 3.0, 2.0, 4.0]))
    found = re.search(r'class="curve curve-0" d="M([\d.]+) ([\d.]+)(.*?)"', svg)
    assert found is not None
    steps = re.findall(r"H([\d.]+)V([\d.]+)", found.group(3))
    low, high, x1 = (float(re.search(rf'data-{n}="([^"]+)"', svg).group(1)) for n in ("low", "high", "x1"))  # type: ignore[union-attr]
    x0, y0, y1 = (float(re.search(rf'data-{n}="([^"]+)"', svg).group(1)) for n in ("x0", "y0", "y1"))  # type: ignore[union-attr]

    def score(y: float) -> float:
        return low + (y0 - y) / (y0 - y1) * (high - low)

    def evaluation(x: float) -> float:
        return (x - x0) / (x1 - x0) * 8

    assert [round(score(float(y)), 1) for _, y in steps] == [3.0, 4.0]
    assert [round(evaluation(float(x)), 1) for x, _ in steps] == [3, 5]
    assert float(found.group(3).rpartition("H")[2]) == pytest.approx(x1)


def test_a_best_known_value_far_away_leaves_the_curve_its_room() -> None:
    near, far = draw(chart([1.0, 2.0], 2.5)), draw(chart([1.0, 2.0], 500.0))
    assert 'class="known"' in near
    assert 'class="known"' not in far
    assert "best known 500 ↑" in far


def test_the_gap_has_decades_as_its_ticks() -> None:
    assert chart([1.0], 2.0).has_gap
    assert not chart([2.0], 2.0).has_gap
    assert not chart([1.0]).has_gap
    texts = Marks(draw(chart([0.0, 0.9, 0.99, 0.999], 1.0, gap=True))).texts
    assert {"0.1", "0.01"} <= set(texts)


@given(st.integers(1, 4_000), st.integers(1, 300))
@settings(max_examples=30, deadline=None)
def test_subsampling_keeps_few_points_each_of_them_real(n: int, limit: int) -> None:
    rng = np.random.default_rng(n)
    x, y = rng.random(n) * 900, rng.random(n) * 400
    index = subsample(x, y, limit)
    assert 1 <= index.size <= limit
    assert np.unique(index).size == index.size
    assert 0 <= index.min() <= index.max() < n


def test_a_lone_point_survives_a_crowd() -> None:
    x, y = np.append(np.full(50_000, 10.0), 800.0), np.append(np.full(50_000, 10.0), 300.0)
    assert 50_000 in subsample(x, y)


def test_a_long_run_is_a_small_picture() -> None:
    numbers, scores = curve(100_000)
    best = best_so_far(scores)
    svg = draw(Chart((Curve("", numbers, best),), numbers, scores, 2.635863))
    assert svg.count("h0") <= 2 * MAX_POINTS
    assert len(svg) < 80_000


def test_a_band_and_many_curves_have_a_legend() -> None:
    at = np.array([1.0, 5.0, 9.0])
    curves = tuple(
        Curve(f"method {i} {HOSTILE}", at, at + i, low=at + i - 1, high=at + i + 1, end=12) for i in range(11)
    )
    svg = draw(Chart(curves))
    marks = Marks(svg)
    assert marks.classes.count("legend") == 11
    assert sum("band" in name for name in marks.classes) == 11
    assert "curve curve-0 again" in marks.classes
    assert "<script" not in svg
    assert max(marks.numbers) <= 960


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(2, 10))
def test_ticks_are_round_distinct_and_inside(low: float, span: float, n: int) -> None:
    axis = Axis(low, low + span, 0, 100)
    if not axis.low < axis.high:
        return
    ticks, step = axis.ticks(n)
    assert len(ticks) <= 10 * n + 1
    slack = step * 1e-6 + 1e-15 * (abs(low) + span)
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)
    if step > 1e-9 * max(abs(low), abs(low + span)) and max(map(abs, ticks), default=0) < 1e7:
        assert len({tick_label(tick, step) for tick in ticks}) == len(ticks)
