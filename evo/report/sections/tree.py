"""The tree of a tree search: who was made from whom, how often each was visited, what it is worth."""

import math
from collections.abc import Mapping, Sequence

from evo.report.chart import escape
from evo.report.decisions import NodeRow
from evo.report.sections.parts import key
from evo.report.summary import RunSummary
from evo.report.text import count, number, one_line

MOST = 100
"""Nodes that are drawn: those visited most, and whoever they were made from."""

ROW, LEVEL, MARGIN = 17, 118, 14
"""Pixels between two leaves, between two generations, and around."""


def tree(summary: RunSummary) -> str:
    """The most visited nodes as a tree that grows to the right; nothing without one."""
    rows = summary.decisions.tree
    if not rows:
        return ""
    chosen = most_visited(rows, MOST)
    left = len(rows) - len(chosen)
    more = f" The {count(len(chosen))} most visited of {count(len(rows))} are shown." if left else ""
    legend = key([("improved", "darker: worth more"), ("quiet", "no value yet")])
    return (
        '<p class="hint">A node is a judged candidate; to its right is what was made from it. The larger it is, the '
        f"more often it was visited. Beside it stands its score; point at it for the rest.{more}</p>{legend}"
        f'<div class="table graph">{_draw(chosen)}</div>'
    )


def most_visited(rows: Sequence[NodeRow], most: int) -> list[NodeRow]:
    """Up to `most` nodes, each with all its ancestors, in the order given."""
    by_id = {row.id: row for row in rows}
    kept: set[str] = set()
    for row in sorted(rows, key=lambda row: -row.visits):
        if len(kept) >= most:
            break
        line: dict[str, None] = {}  # from the node up to one that is kept, as far as there is room
        at: NodeRow | None = row
        while at is not None and at.id not in kept and at.id not in line and len(kept) + len(line) <= most:
            line[at.id] = None
            at = by_id.get(at.parent)
        if len(kept) + len(line) <= most:
            kept.update(line)
    return [row for row in rows if row.id in kept]


def layout(rows: Sequence[NodeRow]) -> dict[str, tuple[int, float]]:
    """Where each node stands: its generation, and its place among the leaves; children by visits, most first."""
    known = {row.id for row in rows}
    children: dict[str, list[NodeRow]] = {row.id: [] for row in rows}
    for row in rows:
        if row.parent in known:
            children[row.parent].append(row)
    places: dict[str, tuple[int, float]] = {}
    leaves = 0
    roots = [row for row in rows if row.parent not in known]
    waiting = [(row.id, 0, False) for row in sorted(roots, key=lambda row: row.visits)]
    while waiting:  # a chain may be longer than Python recurses
        name, depth, done = waiting.pop()
        below = children[name]
        if done:
            spots = [places[child.id][1] for child in below]
            places[name] = (depth, (spots[0] + spots[-1]) / 2)
        elif not below:
            places[name] = (depth, float(leaves))
            leaves += 1
        else:
            waiting.append((name, depth, True))
            below.sort(key=lambda row: -row.visits)
            waiting += [(child.id, depth + 1, False) for child in reversed(below)]
    return places


def _draw(rows: Sequence[NodeRow]) -> str:
    places = layout(rows)
    rows = [row for row in rows if row.id in places]
    spots = {name: (MARGIN + LEVEL * depth, MARGIN + ROW * place) for name, (depth, place) in places.items()}
    width = max(x for x, _ in spots.values()) + LEVEL
    height = max(y for _, y in spots.values()) + MARGIN
    most = max((row.visits for row in rows), default=1.0) or 1.0
    shades = _shades(rows)
    edges = "".join(_edge(spots[row.parent], spots[row.id]) for row in rows if row.parent in spots)
    nodes = "".join(_node(row, spots[row.id], math.sqrt(max(row.visits, 0) / most), shades) for row in rows)
    return (
        f'<svg class="chart tree" role="img" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" aria-label="Tree of the most visited candidates.">'
        f'<path class="grid" d="{edges}"/>{nodes}</svg>'
    )


def _shades(rows: Sequence[NodeRow]) -> Mapping[str, float]:
    """By rank of the value, in (0, 1]; nodes without a value are left out."""
    known = sorted((row for row in rows if _is_known(row.value)), key=lambda row: row.value or 0.0)
    return {row.id: (place + 1) / len(known) for place, row in enumerate(known)}


def _is_known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _edge(one: tuple[float, float], other: tuple[float, float]) -> str:
    (x, y), (to_x, to_y) = one, other
    middle = (x + to_x) / 2
    return f"M{x:.0f} {y:.1f}C{middle:.0f} {y:.1f} {middle:.0f} {to_y:.1f} {to_x:.0f} {to_y:.1f}"


def _node(row: NodeRow, spot: tuple[float, float], size: float, shades: Mapping[str, float]) -> str:
    x, y = spot
    radius = 2.5 + 5.5 * size
    fill = (
        f'class="f-improved" opacity="{0.2 + 0.8 * shades[row.id]:.2f}"'
        if row.id in shades
        else 'class="f-duplicate"'
    )
    what = f"{row.id}: visited {number(float(row.visits), 4)} times, value {number(row.value, 6)}, score {number(row.score, 8)}"
    return (
        f'<g><title>{escape(one_line(what, 160))}</title><circle {fill} cx="{x:.0f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        f'<text class="tick" x="{x + radius + 3:.1f}" y="{y + 4:.1f}">{number(row.score, 6)}</text></g>'
    )
