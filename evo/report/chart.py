"""Best-so-far curves as an SVG element, drawn without any library.

The page and the plot files share this drawing. Colours are left to a style sheet: every mark has
a class (``curve-0``, ``points``, ``known``, ...). Whatever the scores are, each coordinate that is
written is a finite number inside the picture.
"""

import html
import math
from dataclasses import dataclass, field

import numpy as np

from evo.report.axis import Axis, tick_label
from evo.report.text import count, number, one_line, visible

N_COLOURS = 8
"""Curves beyond so many repeat the colours, dashed."""

MAX_POINTS = 3_000
"""Most candidates drawn behind the curve."""

_HUGE = 1e150
"""Scores are clipped here, so that spans and squares of them stay finite."""


def _none() -> np.ndarray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A best-so-far curve: it steps to ``scores[i]`` at ``evaluations[i]``.

    Attributes:
        evaluations: ``[k]`` ascending, counted from 1.
        scores: ``[k]`` floats.
        low, high: ``[k]`` a band around it, or both empty.
        end: evaluation at which the curve ends; its last step if 0.
    """

    label: str
    evaluations: np.ndarray
    scores: np.ndarray
    low: np.ndarray = field(default_factory=_none)
    high: np.ndarray = field(default_factory=_none)
    end: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What is drawn.

    Attributes:
        points_evaluation, points_score: ``[n]`` all judged candidates, drawn faintly.
        gap: draw ``best_known - score`` on a logarithmic axis in place of the score.
        width, height: in pixels of the picture's own coordinates.
        font: size of the labels in the same pixels.
    """

    curves: tuple[Curve, ...]
    points_evaluation: np.ndarray = field(default_factory=_none)
    points_score: np.ndarray = field(default_factory=_none)
    best_known: float | None = None
    gap: bool = False
    width: int = 960
    height: int = 400
    font: int = 13

    @property
    def has_gap(self) -> bool:
        """Whether the gap can be drawn: there is a best known value and every score is below it."""
        best = [float(np.max(curve.scores)) for curve in self.curves if curve.scores.size]
        return self.best_known is not None and bool(best) and max(best) < self.best_known


def draw(chart: Chart) -> str:
    """`chart` as one ``<svg>`` element without a style of its own.

    It carries what a script needs to read values off it: ``data-x0 data-x1`` (pixels of the
    plotted area), ``data-from data-to`` (evaluations there), and the same for y.
    """
    y_low, y_high = _range_y(chart)
    rows = _legend_rows(chart)
    room = 0 if chart.best_known is None else chart.font  # for what is written on the line
    top, bottom = 14 + room + rows * (chart.font + 8), chart.height - 3 * chart.font - 6
    y = Axis(y_low, y_high, bottom, top)
    y_labels = _y_labels(chart, y)
    left = 14 + chart.font * 0.6 * max((len(label) for _, label in y_labels), default=1)
    x = Axis(0, max(_last_evaluation(chart), 1), left, chart.width - 14)
    parts = [
        _frame(chart, x, y, y_labels),
        _points(chart, x, y),
        *(_band(chart, curve, i, x, y) for i, curve in enumerate(chart.curves)),
        _known(chart, x, y),
        *(_line(chart, curve, i, x, y) for i, curve in enumerate(chart.curves)),
        _legend(chart),
    ]
    kind = "gap" if chart.gap else "linear"
    return (
        f'<svg class="chart" role="img" tabindex="0" viewBox="0 0 {chart.width} {chart.height}" '
        f'aria-label="{escape(describe(chart))}" data-kind="{kind}" '
        f'data-x0="{left:.1f}" data-x1="{x.end:.1f}" data-from="{x.low:g}" data-to="{x.high:.10g}" '
        f'data-y0="{bottom:.1f}" data-y1="{top:.1f}" data-low="{y_low:.17g}" data-high="{y_high:.17g}">'
        f"{''.join(parts)}</svg>"
    )


def describe(chart: Chart) -> str:
    """The chart in a sentence, for readers who do not see it."""
    if not any(curve.scores.size for curve in chart.curves):
        return "No candidate has a score yet."
    best = "; ".join(
        f"{one.label or 'best so far'} ends at {number(float(np.max(one.scores)))}"
        for one in chart.curves
        if one.scores.size
    )
    known = "" if chart.best_known is None else f" Best known: {number(chart.best_known)}."
    return f"Best score against evaluations: {best}.{known}"


def escape(text: str) -> str:
    """`text` as it can stand in an element or an attribute."""
    return html.escape(visible(text))


def subsample(x: np.ndarray, y: np.ndarray, limit: int = MAX_POINTS, cell: float = 3.0) -> np.ndarray:
    """Indices of at most `limit` of the points, so that the picture looks the same.

    One point is kept of all that share a cell of `cell` by `cell` pixels, then every k-th, so
    lone points are as likely to stay as those in a crowd.

    Args:
        x: ``[n]`` pixels.
        y: ``[n]`` pixels.
        limit: at least 1.
        cell: in pixels.
    """
    cells = np.floor(x / cell).astype(np.int64) * 100_003 + np.floor(y / cell).astype(np.int64)
    _, index = np.unique(cells, return_index=True)
    index = np.sort(index)
    return index[:: math.ceil(index.size / limit)] if index.size > limit else index


def _last_evaluation(chart: Chart) -> float:
    ends = [max(float(c.evaluations[-1]), c.end) for c in chart.curves if c.evaluations.size]
    points = [float(chart.points_evaluation.max())] if chart.points_evaluation.size else []
    return max(ends + points, default=0.0)


def _to_y(chart: Chart, scores: np.ndarray | float) -> np.ndarray:
    values: np.ndarray = np.clip(np.asarray(scores, dtype=float), -_HUGE, _HUGE)
    if not chart.gap or chart.best_known is None:
        return values
    floor = max(abs(chart.best_known) * 1e-16, 1e-300)
    known = float(np.clip(chart.best_known, -_HUGE, _HUGE))
    gap: np.ndarray = np.log10(np.maximum(known - values, floor))
    return gap


def _range_y(chart: Chart) -> tuple[float, float]:
    """What the y axis shows: the curves whole, and of the points and the best known what leaves them room."""
    curves = [_to_y(chart, part) for c in chart.curves for part in (c.scores, c.low, c.high) if part.size]
    if not curves:
        return 0.0, 1.0
    values = np.concatenate(curves)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = high - low
    if chart.points_score.size and not chart.gap:
        typical = float(np.quantile(_to_y(chart, chart.points_score), 0.02))
        low = min(low, typical if span == 0 else max(typical, high - 2 * span))
    known = chart.best_known
    if known is not None and not chart.gap and low <= known <= high + 2 * (high - low):
        high = max(high, known)
    pad = 0.05 * (high - low) or max(abs(high) * 0.05, 1e-9)
    pad = max(pad, 1e-12 * max(abs(low), abs(high)))  # an axis has a length, whatever rounding says
    return low - pad, high + pad


def _y_labels(chart: Chart, y: Axis) -> list[tuple[float, str]]:
    if not chart.gap:
        ticks, step = y.ticks(max(2, round((y.start - y.end) / 55)))
        return [(tick, tick_label(tick, step)) for tick in ticks]
    powers = range(math.ceil(y.low), math.floor(y.high) + 1)
    stride = max(1, math.ceil(len(powers) / 7))
    labels = [(float(power), _power(power)) for power in list(powers)[::stride]]
    if len(labels) >= 2:
        return labels
    ticks, _ = y.ticks(4)  # less than a decade: the powers of ten say too little
    return [(tick, _power(tick)) for tick in ticks]


def _power(exponent: float) -> str:
    """Ten to the `exponent`."""
    whole, part = math.floor(exponent), exponent - math.floor(exponent)
    return f"{10.0**exponent:.2g}" if -5 < exponent < 6 else f"{10**part:.2g}e{whole:+03d}"


def _frame(chart: Chart, x: Axis, y: Axis, y_labels: list[tuple[float, str]]) -> str:
    parts, font = [], chart.font
    for value, label in y_labels:
        at = float(y.place(value))
        parts.append(
            f'<path class="grid" d="M{x.start:.1f} {at:.1f}H{x.end:.1f}"/>'
            f'<text class="tick" x="{x.start - 7:.1f}" y="{at + font * 0.35:.1f}" text-anchor="end">{label}</text>'
        )
    ticks, step = x.ticks(max(2, round((x.end - x.start) / 110)))
    for value in ticks:
        if value != round(value):
            continue  # there are no half evaluations
        at = float(x.place(value))
        anchor = "end" if at > x.end - 2 * font else "middle"
        parts.append(
            f'<path class="axis" d="M{at:.1f} {y.start:.1f}v5"/>'
            f'<text class="tick" x="{at:.1f}" y="{y.start + font + 7:.1f}" text-anchor="{anchor}">{tick_label(value, step)}</text>'
        )
    parts.append(f'<path class="axis" d="M{x.start:.1f} {y.start:.1f}H{x.end:.1f}"/>')
    what = "↓ gap to the best known, logarithmic" if chart.gap else "↑ score"
    below = chart.height - 5
    parts.append(
        f'<text class="title" x="{x.end:.1f}" y="{below}" text-anchor="end">evaluations →</text>'
        f'<text class="title" x="{x.start:.1f}" y="{below}">{what}</text>'
    )
    return "".join(parts)


def _points(chart: Chart, x: Axis, y: Axis) -> str:
    if not chart.points_score.size:
        return ""
    values = _to_y(chart, chart.points_score)
    at_x, at_y = x.place(chart.points_evaluation), y.place(values)
    outside = (values < y.low) | (values > y.high)
    marks = []
    for name, chosen in (("points", ~outside), ("points off", outside)):
        index = np.flatnonzero(chosen)
        index = index[subsample(at_x[index], at_y[index])]
        dots = "".join(f"M{at_x[i]:.0f} {at_y[i]:.1f}h0" for i in index)
        marks.append(f'<path class="{name}" d="{dots}"/>' if dots else "")
    return "".join(marks)


def _known(chart: Chart, x: Axis, y: Axis) -> str:
    if chart.best_known is None or chart.gap:
        return ""
    inside = y.low <= chart.best_known <= y.high
    at = float(y.place(chart.best_known))
    text = f"best known {number(chart.best_known)}" + ("" if inside else " ↑" if at < y.start - 1 else " ↓")
    line = f'<path class="known" d="M{x.start:.1f} {at:.1f}H{x.end:.1f}"/>' if inside else ""
    above = at - 6 if inside else at + chart.font
    return f'{line}<text class="known-label" x="{x.start + 6:.1f}" y="{above:.1f}">{escape(text)}</text>'


def _steps(x: np.ndarray, y: np.ndarray, end: float) -> str:
    """A path that runs level from each point to the next one's x, then up or down to it."""
    columns = np.round(2 * x)  # half pixels: of the steps in one, the last says it all
    keep = np.append(columns[1:] != columns[:-1], True)
    keep[0] = True
    xs, ys = x[keep], np.round(y[keep], 1)
    moved = np.append(True, ys[1:] != ys[:-1])
    xs, ys = xs[moved], ys[moved]
    steps = "".join(f"H{a:.1f}V{b:.1f}" for a, b in zip(xs[1:], ys[1:], strict=True))
    return f"M{xs[0]:.1f} {ys[0]:.1f}{steps}H{max(end, xs[-1]):.1f}"


def _line(chart: Chart, curve: Curve, index: int, x: Axis, y: Axis) -> str:
    known = np.isfinite(curve.scores)
    if not known.any():
        return ""
    at_x, at_y = x.place(curve.evaluations[known]), y.place(_to_y(chart, curve.scores[known]))
    path = _steps(at_x, at_y, float(x.place(curve.end)))
    dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(at_x, at_y, strict=True)) if at_x.size <= 80 else ""
    name = f"curve-{index % N_COLOURS}" + (" again" if index >= N_COLOURS else "")
    title = f"<title>{escape(curve.label)}</title>" if curve.label else ""
    marks = f'<path class="dots {name}" d="{dots}"/>' if dots and len(chart.curves) == 1 else ""
    last = f'<circle class="last {name}" cx="{at_x[-1]:.1f}" cy="{at_y[-1]:.1f}" r="4.5"/>'
    return f'<g>{title}<path class="curve {name}" d="{path}"/>{marks}{last}</g>'


def _band(chart: Chart, curve: Curve, index: int, x: Axis, y: Axis) -> str:
    known = np.isfinite(curve.low) & np.isfinite(curve.high) if curve.low.size else np.zeros(0, dtype=bool)
    if not known.any():
        return ""
    at, end = x.place(curve.evaluations[known]), float(x.place(curve.end))
    low, high = y.place(_to_y(chart, curve.low[known])), y.place(_to_y(chart, curve.high[known]))
    right = np.append(at[1:], max(end, at[-1]))
    upper = [f"{a:.1f} {h:.1f}L{b:.1f} {h:.1f}" for a, b, h in zip(at, right, high, strict=True)]
    lower = [f"{b:.1f} {v:.1f}L{a:.1f} {v:.1f}" for a, b, v in zip(at, right, low, strict=True)][::-1]
    return f'<path class="band curve-{index % N_COLOURS}" d="M{"L".join(upper + lower)}Z"/>'


def _entries(chart: Chart) -> list[tuple[int, str]]:
    if len(chart.curves) < 2:
        return []
    return [(i, one_line(c.label, 40) or f"run {count(i + 1)}") for i, c in enumerate(chart.curves)]


def _places(chart: Chart) -> list[tuple[int, str, float, int]]:
    """Each legend entry with where it stands: index, label, x in pixels, row."""
    places, at, row = [], 14.0, 0
    for index, label in _entries(chart):
        wide = 48 + 0.58 * chart.font * len(label)
        if at + wide > chart.width and at > 14:
            at, row = 14.0, row + 1
        places.append((index, label, at, row))
        at += wide
    return places


def _legend_rows(chart: Chart) -> int:
    return max((row + 1 for *_, row in _places(chart)), default=0)


def _legend(chart: Chart) -> str:
    parts = []
    for index, label, at, row in _places(chart):
        y = 16 + row * (chart.font + 8)
        again = " again" if index >= N_COLOURS else ""
        parts.append(
            f'<path class="curve curve-{index % N_COLOURS}{again}" d="M{at:.1f} {y - 4}h18"/>'
            f'<text class="legend" x="{at + 23:.1f}" y="{y}">{escape(label)}</text>'
        )
    return "".join(parts)
