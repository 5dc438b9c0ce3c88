"""What the run was made with, and what to type next."""

import shlex

from evo.report.chart import escape
from evo.report.sections.parts import definitions
from evo.report.summary import RunSummary
from evo.report.text import duration, number, one_line

MAX_SETTINGS = 300


def settings(summary: RunSummary) -> str:
    """Every setting, grouped by the part of the engine it belongs to, then versions and measurements."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, value in list(summary.settings.items())[:MAX_SETTINGS]:
        group, _, key = name.rpartition(".")
        groups.setdefault(group or "run", []).append(
            (escape(one_line(key, 60)), escape(one_line(value, 200)))
        )
    if summary.versions:
        groups["versions"] = [
            (escape(one_line(k, 60)), escape(one_line(v, 120))) for k, v in summary.versions.items()
        ]
    timing = summary.timing
    measured = [
        ("sandbox level", escape(summary.sandbox)),
        ("judging, all workers", duration(timing.judge_s) if timing.judge_s is not None else ""),
        (
            "staleness",
            f"median {number(timing.lag_median, 3)}, 90 % within {number(timing.lag_p90, 3)} judgements"
            if timing.lag_median is not None
            else "",
        ),
    ]
    groups["measured"] = [(name, value) for name, value in measured if value]
    blocks = "".join(
        f"<div><h3>{escape(one_line(group, 60))}</h3>{definitions(rows)}</div>"
        for group, rows in groups.items()
        if rows
    )
    return f'<div class="settings">{blocks}</div>' if blocks else ""


def commands(summary: RunSummary) -> str:
    """What to type next."""
    run = shlex.quote(summary.folder)
    rows = [(f"evo top {run}", "the best candidates")]
    if summary.ending in ("running", "interrupted", "early"):
        rows.insert(0, (f"evo resume {run}", "go on from the journal; nothing is paid for twice"))
    else:
        more = next((b for b in summary.budgets if b.name == "evaluations" and b.limit), None)
        if more is not None and more.limit is not None:
            rows.insert(
                0, (f"evo resume {run} budget.evaluations={2 * more.limit:.0f}", "go on with a larger budget")
            )
    if summary.champion:
        rows += [
            (f"evo verify {run}", "judge the champion on cases that the search never saw"),
            (f"evo export {run} --best best", "its files, what it produced, and the evidence"),
            (f"evo lineage {run} {summary.champion.id}", "how it came to be"),
        ]
    rows.append((f"evo plot {run}", "the curve as an SVG file"))
    items = "".join(f"<li><code>{escape(command)}</code><span>{what}</span></li>" for command, what in rows)
    return f'<ul class="commands">{items}</ul>'
