"""What each component of the designs has brought, with its interval drawn."""

import math

from evo.report.chart import escape
from evo.report.sections.parts import MAX_ROWS, Column, table
from evo.report.summary import ComponentRow, RunSummary
from evo.report.text import count, gain, number, one_line


def effects(summary: RunSummary) -> str:
    """Components by slot, the best first; nothing for a run of programs."""
    rows = summary.components[:MAX_ROWS]
    if not rows:
        return ""
    reach = max((abs(one.mean) + _half(one) for one in rows), default=0.0) or 1.0
    columns: list[Column] = ["component", ("adds to the score", "n"), "", ("designs", "n"), ("swaps", "n")]
    left = len(summary.components) - len(rows)
    more = f" {count(left)} more: <code>evo effects</code>." if left > 0 else ""
    return (
        '<p class="hint">What a component adds to the score against the mean of all that stood in its slot, with '
        "its 95 % interval. All slots are fitted together; swaps are comparisons in which nothing else differed. "
        f"Pale bars are not clear: their interval holds 0.{more}</p>"
        f"{table(columns, (_row(one, reach) for one in rows))}"
    )


def _half(one: ComponentRow) -> float:
    return one.half_width if math.isfinite(one.half_width) else 0.0


def _row(one: ComponentRow, reach: float) -> str:
    name = f"{one_line(one.slot, 40)}={one_line(one.component, 60)}"
    interval = f"{gain(one.mean, 3)} ± {number(one.half_width, 2)}"
    return (
        f'<tr><td>{escape(name)}</td><td class="n">{interval}</td><td class="bar">{_bar(one, reach)}</td>'
        f'<td class="n">{count(one.n)}</td><td class="n">{count(one.swaps)}</td></tr>'
    )


def _bar(one: ComponentRow, reach: float) -> str:
    """A bar from 0 to the mean and a line over the interval, on a scale from ``-reach`` to ``reach``."""

    def place(value: float) -> float:
        return 50 + 50 * value / reach

    low, high = sorted((place(0), place(one.mean)))
    kind = "passed" if one.mean > 0 else "stopped"
    pale = ' opacity=".35"' if abs(one.mean) <= one.half_width else ""
    start, end = place(one.mean - _half(one)), place(one.mean + _half(one))
    return (
        '<svg class="bars" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="f-{kind}" x="{low:.2f}" width="{high - low:.2f}" height="10"{pale}/>'
        f'<rect class="f-range" x="{start:.2f}" width="{end - start:.2f}" y="4" height="2"/>'
        '<rect class="f-range" x="49.8" width=".4" height="10"/></svg>'
    )
