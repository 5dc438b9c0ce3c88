"""The best-so-far curve and the improvements it is made of."""

import itertools
from collections.abc import Sequence

import numpy as np

from evo.report.chart import Chart, Curve, draw, escape
from evo.report.sections.parts import MAX_ROWS, Column, table
from evo.report.summary import Improvement, RunSummary
from evo.report.text import count, gain, number, one_line


def progress(summary: RunSummary) -> str:
    """The best-so-far curve, wide and narrow, as score and as gap to the best known value."""
    if not summary.improvements:
        return '<p class="hint">No candidate has a score yet, so there is nothing to draw.</p>'
    chart = _chart(summary, 980, 400, 13)
    picker, figures = "", [_figures(summary, gap=False)]
    if chart.has_gap and len(summary.improvements) > 1:
        figures.append(_figures(summary, gap=True))
        picker = (
            '<input class="pick" type="radio" name="view" id="view-score" checked>'
            '<input class="pick" type="radio" name="view" id="view-gap">'
            '<div class="views"><label for="view-score">score</label>'
            '<label for="view-gap">gap to the best known, logarithmic</label></div>'
        )
    n = count(summary.points_score.size)
    forged = summary.champion is not None and not summary.champion.verified
    mark = ' <span class="mark bad">unverified</span>' if forged else ""
    return (
        f'<p class="hint">Each faint dot is one of {n} judged candidates; the line is the best of all before it. '
        f"Point at the curve, or focus it and use the arrow keys, to read it.{mark}</p>{picker}{''.join(figures)}"
        f"{_last_improvements(summary.improvements)}"
    )


def _chart(summary: RunSummary, width: int, height: int, font: int, gap: bool = False) -> Chart:
    rows = summary.improvements
    curve = Curve(
        "",
        np.array([row.evaluation for row in rows], dtype=float),
        np.array([row.score for row in rows], dtype=float),
        end=float(summary.evaluations),
    )
    return Chart(
        (curve,),
        summary.points_evaluation,
        summary.points_score,
        summary.best_known,
        gap,
        width,
        height,
        font,
    )


def _figures(summary: RunSummary, gap: bool) -> str:
    view = "gap" if gap else "score"
    known = "" if summary.best_known is None else repr(float(summary.best_known))
    return "".join(
        f'<div class="figure {view} {size}">{draw(_chart(summary, width, height, font, gap))}'
        f'<div class="readout" data-known="{known}" hidden></div></div>'
        for size, width, height, font in (("wide", 980, 400, 13), ("narrow", 420, 330, 13))
    )


def _last_improvements(rows: Sequence[Improvement]) -> str:
    gains = [row.score - before.score for before, row in itertools.pairwise(rows)]
    lines = [
        f'<tr><td class="n">{count(row.evaluation)}</td><td class="n">{number(row.score, 10)}</td>'
        f'<td class="n">{gain(more)}</td><td>{escape(one_line(row.operator, 40))}</td>'
        f"<td><small>{escape(one_line(row.note, 140))}</small></td></tr>"
        for row, more in list(zip(rows, [None, *gains], strict=True))[::-1][:MAX_ROWS]
    ]
    columns: list[Column] = [("evaluation", "n"), ("score", "n"), ("gain", "n"), "operator", "what it did"]
    title = f"All {count(len(rows))} improvements" if len(rows) <= MAX_ROWS else "The last improvements"
    return f"<details><summary>{title}</summary>{table(columns, lines)}</details>"
