"""The value model before the truth: how far it could be believed, and what was screened out on its word."""

import math

import numpy as np

from evo.report.chart import escape
from evo.report.decisions import Judgements
from evo.report.forecasts import NINETY, chances, coverage, regret, reliability
from evo.report.graph import Graph, Series, draw_graph
from evo.report.sections.parts import Column, bar, table, thinned
from evo.report.summary import RunSummary
from evo.report.text import MISSING, count, number, one_line, share
from evo.share import Share

GOAL = (0.85, 0.95)
"""Coverage of 90 % intervals that is good enough."""

MAX_POINTS = 400
"""Of a line."""


def value(summary: RunSummary) -> str:
    """Reliability, coverage, skill over time and regret; nothing for a run without a value model."""
    told, note = summary.decisions.judgements, summary.decisions.note
    if told is None:
        asked = note and "search.value.use" in summary.settings
        return f'<p class="hint">{escape(one_line(note, 400))}</p>' if asked else ""
    if not told.label.size:
        return '<p class="hint">The value model was not fitted yet, so it has predicted nothing.</p>'
    return (
        '<p class="hint">Each candidate was predicted just before it was judged; here is what came. How far the '
        "value model was believed followed from its skill so far, and at first from what it was credited with.</p>"
        f'<div class="two">{_reliability(told)}{_skill(told)}</div>{_coverage(told)}{_screened(summary, told)}'
        f"{_chances(told)}"
    )


def _figure(title: str, drawing: str, hint: str) -> str:
    if not drawing:
        return ""
    return f'<div><h3>{title}</h3><div class="graph">{drawing}</div><p class="hint">{hint}</p></div>'


def _reliability(told: Judgements) -> str:
    bins = reliability(told)
    x, y = (np.array([getattr(one, name) for one in bins]) for name in ("predicted", "true"))
    low, high = (np.array([getattr(one, name) for one in bins]) for name in ("low", "high"))
    drawing = draw_graph(
        Graph(
            "Median true score against median predicted score, by tenths of the predictions.",
            [Series("", x, y, low, high, dots=True)],
            "predicted score",
            "true score",
            diagonal=True,
        )
    )
    hint = (
        f"{len(bins)} groups of candidates by predicted score: medians, with 95 % intervals. On the dashed line "
        "predictions come true."
    )
    return _figure("Reliability", drawing, hint)


def _skill(told: Judgements) -> str:
    at = np.array(thinned(range(told.label.size), MAX_POINTS), dtype=int)
    x = told.label[at] + 1.0
    drawing = draw_graph(
        Graph(
            "Skill of the value model over the run, and what it is at least.",
            [
                Series("skill", x, told.skill[at], colour=7),
                Series("at least, which decides", x, told.bound[at], colour=0),
            ],
            "judgements",
            "skill",
            y_range=(-0.25, 1.0),  # what is below means no more than that it guesses
        )
    )
    last = told.surplus[-1]
    hint = (
        "How well it ordered the last candidates, 1 at best and 0 for a guess. By what it is at least, up to "
        f"{number(float(np.max(told.surplus)), 2)} candidates were proposed for one that was judged; "
        f"{number(float(last), 2)} at the end."
    )
    return _figure("Skill over time", drawing, hint)


def _coverage(told: Judgements) -> str:
    rows = [("all", coverage(told)), ("audits alone", coverage(told, told.audit.astype(bool)))]
    lines = (
        f'<tr><td>{name}</td><td class="n">{count(one.n)}</td><td class="n">{_percent(one)}</td>'
        f'<td class="n">{_between(one)}</td><td>{_verdict(one)}</td></tr>'
        for name, one in rows
        if one.n
    )
    columns: list[Column] = [
        "candidates with a score",
        ("number", "n"),
        ("inside", "n"),
        ("95 % interval of that", "n"),
        "",
    ]
    return (
        f'<h3>Coverage</h3><p class="hint">Nine in ten scores should lie in their 90 % interval, '
        f"{NINETY:.2f} predicted deviations to each side; {100 * GOAL[0]:.0f} to {100 * GOAL[1]:.0f} % is good enough.</p>"
        f"{table(columns, lines)}"
    )


def _verdict(one: Share) -> str:
    low, high = one.interval()
    if high < GOAL[0]:
        return "too sure of itself: the intervals are too narrow"
    if low > GOAL[1]:
        return "too careful: the intervals are too wide"
    if GOAL[0] <= one.value <= GOAL[1]:
        return "good"
    return "too few to say that it is off"


def _screened(summary: RunSummary, told: Judgements) -> str:
    decisions = summary.decisions
    n, of = decisions.n_screened, decisions.n_proposed
    if not (told.surplus > 1).any():
        return (
            "<h3>Screened out</h3><p>Nothing: the value model has not shown enough skill to be listened to, so "
            "everything that was proposed was judged in order.</p>"
        )
    return (
        f"<h3>Screened out</h3><p>{count(n)} of {count(of)} candidates ({share(n, of)}) were proposed and not judged: "
        f"others promised more.</p>{_regret(told)}"
    )


def _regret(told: Judgements) -> str:
    found = regret(told)
    if not found.audits:
        return "<p>No candidate was drawn to be judged all the same yet, so what that cost is not known.</p>"
    intro = (
        f"One judgement in ten goes to a candidate drawn at random, whatever is expected of it. Of {count(found.audits)} "
        "such audits made while there was screening, "
    )
    if not found.dropped:
        return f"<p>{intro}none would have been screened out, so what that cost is not known.</p>"
    best = found.beat_best
    most = best.interval()[1]
    return (
        f"<p>{intro}{count(found.dropped)} would have been screened out. Of these {_some(best)} beat the best score "
        f"known at the time, and {_some(found.beat_chosen)} beat the usual candidate that was chosen in their place.</p>"
        f'<p class="hint">So with 95 % confidence no more than {_round(most)} of what was screened out would have been a '
        "new best. A fair guess at what screening missed, not at what the evaluations it saved have found.</p>"
    )


def _some(one: Share) -> str:
    return f"{count(one.hits) if one.hits else 'none'} ({_percent(one)}; 95 % interval {_between(one)})"


def _chances(told: Judgements) -> str:
    rows = chances(told)
    if np.isfinite(told.score).all():
        return ""
    lines = (
        f'<tr><td class="n">{_round(one.predicted)}</td><td class="n">{_percent(one.came)}</td>'
        f'<td class="n">{_between(one.came)}</td>'
        f'<td class="bar">{bar([("ok", one.came.hits), ("crashed", one.came.n - one.came.hits)], one.came.n)}</td>'
        f'<td class="n">{count(one.came.n)}</td></tr>'
        for one in rows
    )
    columns: list[Column] = [
        ("predicted chance", "n"),
        ("got a score", "n"),
        ("95 % interval", "n"),
        "score and failure",
        ("candidates", "n"),
    ]
    return f"<h3>Chance of a score</h3>{table(columns, lines)}"


def _percent(one: Share) -> str:
    return MISSING if math.isnan(one.value) else f"{100 * one.value:.1f} %"


def _between(one: Share) -> str:
    low, high = one.interval()
    return escape(f"{100 * low:.1f} to {100 * high:.1f} %")


def _round(part: float) -> str:
    return f"{100 * part:.1f} %"
