"""Best-so-far curves of one or several runs as a file: SVG without any library, PNG with matplotlib."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evo.errors import ConfigError, MissingExtra
from evo.report.chart import Chart, Curve, draw
from evo.report.statistics import best_so_far
from evo.report.text import number

SUFFIXES = (".svg", ".png")

_STYLE = Path(__file__).with_name("chart.css")


def chart_of(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]], best_known: float | None = None, gap: bool = False
) -> Chart:
    """What is drawn of several runs.

    Args:
        curves: name of a run -> evaluations ``[k]``, counted from 1 and ascending, and scores
            ``[k]`` at those, or the best so far.
        best_known: score of the best known solution, drawn as a line.
        gap: draw the distance to `best_known` on a logarithmic axis.
    """
    names = labels(list(curves))
    drawn = []
    for name, (evaluations, scores) in zip(names, curves.values(), strict=True):
        at = np.asarray(evaluations, dtype=float)
        best = best_so_far(np.asarray(scores, dtype=float))
        steps = np.append(True, best[1:] != best[:-1]) if best.size else np.zeros(0, dtype=bool)
        steps &= np.isfinite(best)
        drawn.append(Curve(name, at[steps], best[steps], end=float(at[-1]) if at.size else 0.0))
    return Chart(tuple(drawn), best_known=best_known, gap=gap)


def svg(chart: Chart) -> str:
    """`chart` as a whole SVG document with its style, light or dark as the reader's screen is."""
    size = f'width="{chart.width}" height="{chart.height}"'
    body = draw(chart)
    head, _, rest = body.partition(">")
    style = _STYLE.read_text(encoding="utf-8") + "svg { background: var(--card); }"
    return (
        f"{head.replace('<svg', f'<svg xmlns={XMLNS} {size}', 1)}><title>Best score so far</title>"
        f"<style>{style}</style>{rest}\n"
    )


XMLNS = '"http://www.w3.org/2000/svg"'
"""The name of the format; nothing is loaded from there."""


def write_plot(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    file: Path,
    best_known: float | None = None,
    gap: bool = False,
) -> Path:
    """Draws the curves into `file`, whose name ends in ``.svg`` or ``.png``; see `chart_of`.

    Returns:
        `file`.

    Raises:
        ConfigError: the name ends in something else.
        MissingExtra: a PNG is asked for and matplotlib is not installed.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"a plot ends in {' or '.join(SUFFIXES)}, got {file.name!r}.")
    chart = chart_of(curves, best_known, gap)
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix.lower() == ".svg":
        file.write_text(svg(chart), encoding="utf-8")
    else:
        _write_png(chart, file)
    return file


def labels(names: Sequence[str]) -> list[str]:
    """The last parts of paths, as many as tell them apart."""
    parts = [PurePath(name).parts or (name,) for name in names]
    for n in range(1, max(map(len, parts), default=1) + 1):
        short = ["/".join(part[-n:]) for part in parts]
        if len(set(short)) == len(set(names)):
            return short
    return list(names)


def _write_png(chart: Chart, file: Path) -> None:
    try:  # optional, and it costs a second to import
        figures: Any = importlib.import_module("matplotlib.figure")
        canvases: Any = importlib.import_module("matplotlib.backends.backend_agg")
    except ImportError:
        raise MissingExtra(
            "a PNG plot needs matplotlib. Install it with: pip install matplotlib; or name a .svg file"
        ) from None
    figure = figures.Figure(figsize=(chart.width / 100, chart.height / 100), dpi=200, layout="constrained")
    canvases.FigureCanvasAgg(figure)
    axes = figure.add_subplot(
        xlabel="evaluations", ylabel="gap to the best known" if chart.gap else "best score"
    )
    known = chart.best_known
    for curve in chart.curves:
        if not curve.scores.size:
            continue
        x = np.append(curve.evaluations, max(curve.end, curve.evaluations[-1]))
        y = np.append(curve.scores, curve.scores[-1])
        axes.step(x, known - y if chart.gap and known is not None else y, where="post", label=curve.label)
    if chart.gap:
        axes.set_yscale("log")
    elif known is not None:
        axes.axhline(known, linestyle="--", linewidth=1, color="0.5", label=f"best known {number(known)}")
    if len(chart.curves) > 1 or known is not None:
        axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file)
