"""What the sections of the page are put together from."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

from evo.report.chart import escape
from evo.report.text import count

MAX_ROWS = 60
"""Most rows of any table on the page."""

_Row = TypeVar("_Row")

Column = str | tuple[str, str]
"""A heading as HTML, alone or with its class: ``n`` for a number, set to the right."""


def thinned(rows: Sequence[_Row], limit: int) -> list[_Row]:
    """At most `limit` of `rows`, evenly spread, the first and the last among them."""
    if len(rows) <= limit:
        return list(rows)
    return [rows[i] for i in np.linspace(0, len(rows) - 1, limit).round().astype(int)]


def table(columns: Sequence[Column], rows: Iterable[str]) -> str:
    """A table that scrolls sideways where it is too wide.

    Args:
        columns: headings.
        rows: ``<tr>`` elements.
    """
    cells = [(name, "") if isinstance(name, str) else name for name in columns]
    heading = "".join(f'<th class="{kind}">{name}</th>' for name, kind in cells)
    return f'<div class="table"><table><tr>{heading}</tr>{"".join(rows)}</table></div>'


def small(text: str) -> str:
    """`text` as a remark behind something; nothing if it is empty."""
    return f" <small>{escape(text)}</small>" if text else ""


def definitions(rows: Iterable[tuple[str, str]]) -> str:
    """Names and what they are, both as HTML."""
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>"


def bar(parts: Sequence[tuple[str, float]], whole: float, thickness: str = "") -> str:
    """A strip of adjoining parts, each ``(class, value)``, of `whole`."""
    at, shapes = 0.0, []
    for kind, value in parts:
        width = 100 * value / whole if whole else 0.0
        if width > 0:
            shapes.append(f'<rect class="f-{kind}" x="{at:.2f}" width="{width:.2f}" height="10"/>')
        at += width
    return (
        f'<svg class="bars {thickness}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(shapes)}</svg>"
    )


def cut_text(text: str, limit: int) -> str:
    """The first `limit` characters of a longer text, escaped, and how many more there are."""
    text = text.strip("\n")
    left = len(text) - limit
    return escape(text[:limit]) + (f"\n… {count(left)} more characters" if left > 0 else "")


def key(entries: Iterable[tuple[str, str]]) -> str:
    """A legend: ``(class, HTML)`` of each colour."""
    items = "".join(
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="f-{kind}" width="10" height="10" rx="2"/></svg>'
        f"{text}</li>"
        for kind, text in entries
    )
    return f'<ul class="key">{items}</ul>'
