"""What components and operators have brought, as tables for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from evo.report.text import MISSING, count, one_line

_TITLES = {
    "component": ("component", "adds to the score"),
    "parameter": ("parameter", "score for each unit of it"),
    "pair": ("together", "beyond what each adds"),
    "swap": ("one for the other", "changes the score"),
    "operator": ("operator", "gain over the best parent"),
}


def effects_table(kind: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """Effects of one kind: ``component``, ``parameter``, ``pair``, ``swap`` or ``operator``.

    Args:
        kind: of all rows.
        rows: the names that the kind has; ``main``, the estimate with ``mean``, ``half_width`` and ``clear``,
            which prints itself as ``+4.1 ± 1.2``; and for components and operators ``figures``.
    """
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, 1))
    name, what = _TITLES[kind]
    figures = [one for one in ("ok", "better", "seconds", "usd") if any(_figure(row, one) for row in rows)]
    table.add_column(Text(name), overflow="fold")
    for heading in (what, "", "seen in", *(_headings[one] for one in figures)):
        table.add_column(Text(heading), justify="right" if heading == what else "left", no_wrap=True)
    for row in rows:
        main = row["main"]
        style = "dim" if main is None or not main.clear else "bold green" if main.mean > 0 else "bold red"
        table.add_row(
            Text(_name(kind, row)),
            Text(MISSING if main is None else str(main), style=style),
            Text(_mark(kind, row), style="dim"),
            Text(_seen(kind, row)),
            *(Text(_share(row, one)) for one in figures),
        )
    return table


_headings = {
    "ok": "chance of ok",
    "better": "better than its parents",
    "seconds": "seconds",
    "usd": "dollars",
}


def _figure(row: Mapping[str, Any], name: str) -> Any:
    return row.get("figures", {}).get(name)


def _share(row: Mapping[str, Any], name: str) -> str:
    found = _figure(row, name)
    if found is None:
        return MISSING
    if name in ("ok", "better"):
        sign = "+" if name == "ok" else ""
        return f"{found.mean:{sign}.0%} ± {found.half_width:.0%}"
    return str(found)


def _name(kind: str, row: Mapping[str, Any]) -> str:
    if kind == "pair":
        return f"{_part(row['slot'], row['component'])}  {_part(row['other_slot'], row['other_component'])}"
    if kind == "swap":
        return f"{_part(row['slot'], row['before'])} -> {one_line(row['after'], 40) or 'nothing'}"
    if kind == "component":
        return _part(row["slot"], row["component"])
    return one_line(row[kind], 60)


def _part(slot: str, component: str) -> str:
    return f"{one_line(slot, 40)}={one_line(component, 40) or 'nothing'}"


def _mark(kind: str, row: Mapping[str, Any]) -> str:
    if kind == "parameter":
        best = row["best"]
        return f"best from {best['low']:g} to {best['high']:g}"
    return "" if row["main"] is None or row["main"].clear else "not clear"


def _seen(kind: str, row: Mapping[str, Any]) -> str:
    what = {"swap": "background", "operator": "child"}.get(kind, "design")
    plural = {"child": "children"}.get(what, f"{what}s")
    seen = f"{count(row['n'])} {what if row['n'] == 1 else plural}"
    swaps = row.get("swaps", 0)
    return f"{seen}, {count(swaps)} swap{'s' * (swaps != 1)}" if swaps else seen
