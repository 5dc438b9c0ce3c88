"""Small graphs of any quantity against another, as SVG elements drawn without any library."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from evo.report.axis import Axis, tick_label
from evo.report.chart import N_COLOURS, escape
from evo.report.text import one_line

FONT = 13
_HUGE = 1e150


def _none() -> np.ndarray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points of a graph, joined by a line or not.

    Attributes:
        x, y: ``[n]``; points that are not finite are left out.
        low, high: ``[n]`` an interval of each y, or both empty.
        line, dots: what is drawn.
        colour: 0 to 7.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray = field(default_factory=_none)
    high: np.ndarray = field(default_factory=_none)
    line: bool = True
    dots: bool = False
    colour: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """What is drawn.

    Attributes:
        about: the graph in a sentence, for readers who do not see it.
        x_title, y_title: what the axes are.
        x_range, y_range: what they show; what there is, with some room, unless given.
        diagonal: draw the line on which y is x.
        width, height: in pixels of the picture's own coordinates.
    """

    about: str
    series: Sequence[Series]
    x_title: str
    y_title: str
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    diagonal: bool = False
    width: int = 470
    height: int = 300


def draw_graph(graph: Graph) -> str:
    """`graph` as one ``<svg>`` element; nothing if it has no point."""
    series = [kept for one in graph.series if (kept := _finite(one)).x.size]
    if not series:
        return ""
    x_low, x_high = graph.x_range or _range([one.x for one in series])
    y_low, y_high = graph.y_range or _range([part for one in series for part in (one.y, one.low, one.high)])
    top = 14 + (FONT + 8 if len(series) > 1 else 0)
    bottom = graph.height - 3 * FONT - 6
    y = Axis(y_low, y_high, bottom, top)
    y_ticks, y_step = y.ticks(max(2, round((bottom - top) / 55)))
    labels = [tick_label(tick, y_step) for tick in y_ticks]
    left = 14 + FONT * 0.6 * max(map(len, labels), default=1)
    x = Axis(x_low, x_high, left, graph.width - 14)
    parts = [
        *(_rung(x, float(y.place(tick)), label) for tick, label in zip(y_ticks, labels, strict=True)),
        _foot(graph, x, y),
        _diagonal(x, y) if graph.diagonal else "",
        *(_series(one, x, y) for one in series),
        _legend(series),
    ]
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {graph.width} {graph.height}" '
        f'aria-label="{escape(graph.about)}">{"".join(parts)}</svg>'
    )


def _finite(one: Series) -> Series:
    known = np.isfinite(one.x) & np.isfinite(one.y)
    has_range = one.low.size == one.y.size
    cut = [np.clip(part[known], -_HUGE, _HUGE) for part in (one.x, one.y)]
    low, high = (
        (np.clip(np.nan_to_num(part[known], nan=0.0), -_HUGE, _HUGE) if has_range else _none())
        for part in (one.low, one.high)
    )
    return Series(one.label, cut[0], cut[1], low, high, one.line, one.dots, one.colour)


def _range(parts: Sequence[np.ndarray]) -> tuple[float, float]:
    values = np.concatenate([part for part in parts if part.size])
    low, high = float(values.min()), float(values.max())
    pad = max(0.05 * (high - low) or max(abs(high) * 0.05, 1e-9), 1e-12 * max(abs(low), abs(high)))
    return low - pad, high + pad


def _rung(x: Axis, at: float, label: str) -> str:
    return (
        f'<path class="grid" d="M{x.start:.1f} {at:.1f}H{x.end:.1f}"/>'
        f'<text class="tick" x="{x.start - 7:.1f}" y="{at + FONT * 0.35:.1f}" text-anchor="end">{label}</text>'
    )


def _foot(graph: Graph, x: Axis, y: Axis) -> str:
    ticks, step = x.ticks(max(2, round((x.end - x.start) / 90)))
    parts = [f'<path class="axis" d="M{x.start:.1f} {y.start:.1f}H{x.end:.1f}"/>']
    for tick in ticks:
        at = float(x.place(tick))
        anchor = "end" if at > x.end - 2 * FONT else "middle"
        parts.append(
            f'<path class="axis" d="M{at:.1f} {y.start:.1f}v5"/><text class="tick" x="{at:.1f}" '
            f'y="{y.start + FONT + 7:.1f}" text-anchor="{anchor}">{tick_label(tick, step)}</text>'
        )
    below = graph.height - 5
    parts.append(
        f'<text class="title" x="{x.end:.1f}" y="{below}" text-anchor="end">{escape(graph.x_title)} →</text>'
        f'<text class="title" x="{x.start:.1f}" y="{below}">↑ {escape(graph.y_title)}</text>'
    )
    return "".join(parts)


def _diagonal(x: Axis, y: Axis) -> str:
    low, high = max(x.low, y.low), min(x.high, y.high)
    if low >= high:
        return ""
    ends = [f"{float(x.place(at)):.1f} {float(y.place(at)):.1f}" for at in (low, high)]
    return f'<path class="known" d="M{ends[0]}L{ends[1]}"/>'


def _series(one: Series, x: Axis, y: Axis) -> str:
    at_x, at_y = x.place(one.x), y.place(one.y)
    name = f"curve-{one.colour % N_COLOURS}"
    points = [f"{a:.1f} {b:.1f}" for a, b in zip(at_x, at_y, strict=True)]
    parts = [f"<title>{escape(one_line(one.label, 60))}</title>" if one.label else ""]
    if one.low.size:
        spans = zip(at_x, y.place(one.low), y.place(one.high), strict=True)
        parts.append(
            f'<path class="span {name}" d="{"".join(f"M{a:.1f} {b:.1f}V{c:.1f}" for a, b, c in spans)}"/>'
        )
    if one.line:
        parts.append(f'<path class="curve {name}" d="M{"L".join(points)}"/>')
    if one.dots:
        parts.append(f'<path class="dots {name}" d="{"".join(f"M{point}h0" for point in points)}"/>')
    return f"<g>{''.join(parts)}</g>"


def _legend(series: Sequence[Series]) -> str:
    if len(series) < 2:
        return ""
    at, parts = 14.0, []
    for one in series:
        label = one_line(one.label, 24)
        parts.append(
            f'<path class="curve curve-{one.colour % N_COLOURS}" d="M{at:.1f} 12h18"/>'
            f'<text class="legend" x="{at + 23:.1f}" y="16">{escape(label)}</text>'
        )
        at += 44 + 0.55 * FONT * len(label)
    return "".join(parts)
