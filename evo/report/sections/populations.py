"""Whom a search kept: groups and their diversity, cells of behaviour, a front; and how stale its orders were."""

import math
from collections import defaultdict

import numpy as np

from evo.report.chart import escape
from evo.report.decisions import CellRow, Decisions, GroupRow, Lags
from evo.report.graph import Graph, Series, draw_graph
from evo.report.sections.parts import MAX_ROWS, Column, table
from evo.report.summary import RunSummary
from evo.report.text import MISSING, count, number, one_line

MOST_GROUPS = 8
"""Lines in a graph; of more groups the first are drawn."""

MOST_CELLS = 40
"""Places on an axis of the drawn grid."""


def populations(summary: RunSummary) -> str:
    """Diversity over time, the grid, the front; nothing for a search that keeps none of them."""
    decisions = summary.decisions
    return _diversity(decisions) + _grid(decisions) + _front(decisions)


def staleness(summary: RunSummary) -> str:
    """How many verdicts came in while a candidate was being made."""
    lags = summary.decisions.lags
    if lags is None or not lags.most:
        return ""
    at = np.array([row[0] for row in lags.over_time], dtype=float)
    median, p90 = (np.array([row[i] for row in lags.over_time], dtype=float) for i in (1, 2))
    drawing = draw_graph(
        Graph(
            "Lag of proposals over the run: median and the 90 % quantile.",
            [Series("90 % within", at, p90, colour=1), Series("median", at, median, colour=0)],
            "proposals",
            "judgements meanwhile",
            y_range=(0.0, max(1.0, 1.05 * float(p90.max(initial=0.0)))),
            width=980,
            height=240,
        )
    )
    return (
        '<p class="hint">Judgements that came in between asking for a candidate and having it: it was made without '
        f"knowing them. {_words(lags)}</p>"
        f'<div class="graph">{drawing}</div>'
    )


def _words(lags: Lags) -> str:
    return (
        f"Median {number(lags.median, 3)}, 90 % within {number(lags.p90, 3)}, at most {count(lags.most)}, "
        f"over {count(lags.n)} proposals."
    )


def _diversity(decisions: Decisions) -> str:
    groups: defaultdict[int, list[GroupRow]] = defaultdict(list)
    for row in decisions.groups:
        groups[row.group].append(row)
    series = [
        Series(
            f"island {group + 1}" if len(groups) > 1 else "diversity",
            np.array([row.judged for row in rows], dtype=float),
            np.array([row.diversity for row in rows], dtype=float),
            colour=place,
            dots=len(rows) < 3,
        )
        for place, (group, rows) in enumerate(sorted(groups.items())[:MOST_GROUPS])
    ]
    drawing = draw_graph(
        Graph(
            "Diversity of each group over the run.",
            series,
            "candidates judged",
            "diversity",
            y_range=(0.0, 1.0),
            width=980,
            height=300,
        )
    )
    if not drawing:
        return ""
    lasts = [rows[-1] for _, rows in sorted(groups.items())]
    lines = (
        f'<tr><td class="n">{count(row.group + 1)}</td><td class="n">{count(row.members)}</td>'
        f'<td class="n">{number(row.diversity, 3)}</td><td class="n">{number(row.best, 10)}</td></tr>'
        for row in lasts[:MAX_ROWS]
    )
    columns: list[Column] = [("group", "n"), ("members", "n"), ("diversity", "n"), ("best score", "n")]
    return (
        '<h3>Diversity</h3><p class="hint">Mean distance between two members of a group, in structure and behaviour: '
        "0 if all are the same.</p>"
        f'<div class="graph">{drawing}</div><h3>At the end</h3>{table(columns, lines)}'
    )


def _grid(decisions: Decisions) -> str:
    cells = decisions.cells
    if not cells:
        return ""
    names = [one_line(name, 40) for name in decisions.axes] or [
        f"axis {i + 1}" for i in range(len(cells[0].place))
    ]
    drawing = _map(cells, names) if len(cells[0].place) == 2 else ""
    rows = sorted(cells, key=lambda cell: -cell.score)
    lines = (
        f"<tr>{''.join(f'<td>{escape(one_line(label, 40))}</td>' for label in cell.labels)}"
        f'<td class="n">{number(cell.score, 10)}</td><td><code>{escape(one_line(cell.candidate, 12))}</code></td>'
        f'<td class="n">{count(cell.children)}</td><td class="n">{count(cell.kept)}</td></tr>'
        for cell in rows[:MAX_ROWS]
    )
    columns: list[Column] = [
        *(escape(name) for name in names),
        ("score", "n"),
        "candidate",
        ("children", "n"),
        ("that were kept", "n"),
    ]
    return (
        f'<h3>Best of each kind</h3><p class="hint">{count(len(cells))} kinds of behaviour were found. '
        "The best of each is kept and may be a parent.</p>"
        f"{drawing}<details><summary>The cells</summary>{table(columns, lines)}</details>"
    )


def _map(cells: tuple[CellRow, ...], names: list[str]) -> str:
    """Cells on two axes, the better the darker by rank."""
    columns = sorted({cell.place[0] for cell in cells})[:MOST_CELLS]
    rows = sorted({cell.place[1] for cell in cells})[:MOST_CELLS]
    ranked = sorted(cells, key=lambda cell: cell.score)
    shade = {id(cell): (i + 1) / len(ranked) for i, cell in enumerate(ranked)}
    size, left, top = 34, 8, 8
    parts = []
    for cell in cells:
        if cell.place[0] not in columns or cell.place[1] not in rows:
            continue
        x = left + size * columns.index(cell.place[0])
        y = top + size * (len(rows) - 1 - rows.index(cell.place[1]))
        what = f"{', '.join(cell.labels)}: {number(cell.score, 8)}"
        parts.append(
            f'<rect class="f-improved" x="{x}" y="{y}" width="{size - 2}" height="{size - 2}" rx="3" '
            f'opacity="{0.12 + 0.88 * shade[id(cell)]:.2f}"><title>{escape(one_line(what, 120))}</title></rect>'
        )
    width, height = left + size * len(columns) + 8, top + size * len(rows) + 8
    return (
        f'<div class="graph"><svg class="chart cells" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-label="Cells that were found; the darker, the better.">'
        f'{"".join(parts)}</svg><p class="hint">Across: {escape(names[0])}, up: {escape(names[1])}; '
        "the darker, the better. Point at a cell to read it.</p></div>"
    )


def _front(decisions: Decisions) -> str:
    if not decisions.front:
        return ""
    names = list(dict.fromkeys(name for row in decisions.front for name in row.measures))[:6]
    drawing = ""
    if names:
        measure = [row.measures.get(names[0], math.nan) for row in decisions.front]
        series = Series(
            "", np.array(measure), np.array([row.score for row in decisions.front]), line=False, dots=True
        )
        title = one_line(names[0], 40)
        drawing = draw_graph(
            Graph(f"Score against {title} of the front.", [series], title, "score", width=980, height=320)
        )
    lines = (
        f'<tr><td><code>{escape(one_line(row.candidate, 12))}</code></td><td class="n">{number(row.score, 10)}</td>'
        + "".join(
            f'<td class="n">{number(row.measures[name], 6) if name in row.measures else MISSING}</td>'
            for name in names
        )
        + "</tr>"
        for row in decisions.front[:MAX_ROWS]
    )
    columns: list[Column] = [
        "candidate",
        ("score", "n"),
        *((escape(one_line(name, 40)), "n") for name in names),
    ]
    return (
        '<h3>Front</h3><p class="hint">No candidate beats one of these on every objective.</p>'
        f'{f"""<div class="graph">{drawing}</div>""" if drawing else ""}{table(columns, lines)}'
    )
