"""The listings as tables for a terminal. Rows are plain dicts, the same that ``--json`` prints.

Every text that a candidate may have written goes in as `rich.text.Text`, never as markup, and
with its control characters made visible.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from evo.report.comparison import comparison_rows
from evo.report.panel import STATUS_STYLES
from evo.report.text import MISSING, count, duration, gain, number, one_line, visible

__all__ = [
    "candidate_view",
    "comparison_rows",
    "comparison_table",
    "diff_view",
    "doctor_table",
    "evaluations_table",
    "lineage_table",
    "run_view",
    "runs_table",
    "top_table",
]

MAX_COLOURED = 100_000
"""Characters of a file beyond which it is shown without colours, which take time to find."""

LEXERS = {
    ".py": "python",
    ".json": "json",
    ".yaml": "yaml",
    ".md": "markdown",
    ".cpp": "cpp",
    ".cu": "cpp",
    ".c": "c",
}
"""File suffixes that are coloured. A candidate must not choose among hundreds of others' parsers."""

Row = Mapping[str, Any]


def runs_table(rows: Sequence[Row], now: float | None = None) -> Table:
    """Runs: ``dir, problem, search, seed, best, evaluations, budget, status, changed, verified, why, warning``.

    Args:
        rows: ``changed`` in seconds since 1970.
        now: in the same unit; the machine's clock by default.
    """
    now = time.time() if now is None else now
    named = any(row.get("why") or row.get("warning") for row in rows)
    columns = ["run", "problem", "search", ">seed", ">best", ">evaluations", ">age", "status"]
    table = _table(*columns, *(["champion"] if named else []))
    for row in rows:
        budget = f" / {count(row['budget'])}" if row.get("budget") else ""
        table.add_row(
            _text(row["dir"], 80),
            _text(row["problem"], 30),
            _text(row["search"], 20),
            _text(row.get("seed", "")),
            _score(row, "best", 10),
            f"{count(row['evaluations'])}{budget}",
            _age(now - row["changed"]) if row.get("changed") else MISSING,
            _text(row["status"], 60),
            *([_text(row.get("why") or row.get("warning") or "", 400)] if named else []),
        )
    return table


def top_table(rows: Sequence[Row]) -> Table:
    """Candidates, the best first: ``id, score, metrics, operator, parents, note, verified, files``."""
    metrics = sorted({name for row in rows for name in row["metrics"]})[:4]
    table = _table(
        ">#",
        "id",
        ">score",
        *[f">{one_line(name, 20)}" for name in metrics],
        "operator",
        "parents",
        "what it did",
    )
    for rank, row in enumerate(rows, start=1):
        table.add_row(
            str(rank),
            _text(row["id"]),
            _score(row, "score", 10, "bold" if rank == 1 else ""),
            *(number(row["metrics"].get(name), 6) for name in metrics),
            _text(row["operator"], 24),
            _text(" ".join(parent[:8] for parent in row["parents"])),
            _text(row.get("note", ""), 60),
        )
    return table


def lineage_table(rows: Sequence[Row]) -> Table:
    """Ancestors, the seed first: ``id, operator, parents, score, status, stage, note, verified``.

    Scores of different stages are not compared; where there are several the table names them.
    """
    scores = {(row["id"], row.get("stage")): row.get("score") for row in rows}
    staged = len({row["stage"] for row in rows if row.get("stage")}) > 1
    table = _table(
        "id", *(["stage"] if staged else []), ">score", ">gain", "operator", "parents", "what it did"
    )
    for row in rows:
        known = (scores.get((parent, row.get("stage"))) for parent in row["parents"])
        before = [score for score in known if score is not None]
        more = row["score"] - max(before) if before and row.get("score") is not None else None
        score = _score(row, "score", 10) if row.get("score") is not None else _status(row["status"])
        table.add_row(
            _text(row["id"]),
            *([_text(row.get("stage") or "")] if staged else []),
            score,
            Text(gain(more), style="green" if more and more > 0 else "dim"),
            _text(row["operator"], 24),
            _text(" ".join(parent[:8] for parent in row["parents"])),
            _text(row.get("note", ""), 70),
        )
    return table


def evaluations_table(rows: Sequence[Row]) -> Table:
    """Verdicts: ``stage, attempt, status, cases, score, seconds, sandbox, verified, metrics``."""
    table = _table("stage", ">attempt", "status", ">cases", ">score", ">time", "sandbox", "metrics")
    for row in rows:
        metrics = "  ".join(
            f"{name} {number(value, 8)}" for name, value in (row.get("metrics") or {}).items()
        )
        table.add_row(
            _text(row["stage"], 30),
            str(row.get("attempt", 1)),
            _status(row["status"]),
            count(len(row.get("cases") or ()) or None),
            _score(row, "score", 12),
            duration(row.get("seconds")),
            _text(row.get("sandbox", "")),
            _text(metrics, 400),
        )
    return table


def candidate_view(row: Row) -> RenderableType:
    """A candidate whole: ``id, operator, parents, note, files, evaluations``."""
    head = _definitions(
        {
            "candidate": row["id"],
            "operator": row.get("operator", ""),
            "parents": "  ".join(row.get("parents", ())),
            "what it did": one_line(row.get("note", ""), 400),
        }
    )
    parts: list[RenderableType] = [head, Text(), evaluations_table(row.get("evaluations", ()))]
    for verdict in row.get("evaluations", ()):
        if str(verdict.get("feedback", "")).strip():
            parts += [
                Text(f"\nfeedback, {one_line(verdict['stage'], 30)}", style="dim"),
                Text(visible(verdict["feedback"], 8_000)),
            ]
    for path, text in row.get("files", {}).items():
        parts += [Text(f"\n{one_line(path, 200)}", style="bold"), _source(path, text)]
    return Group(*parts)


def run_view(row: Row) -> RenderableType:
    """A run: the fields of a `runs_table` row, then anything nested in it (counts, settings) by its path."""
    simple = {name: value for name, value in row.items() if not isinstance(value, Mapping | list | tuple)}
    simple["best"] = _score(row, "best", 12).plain
    for name in ("changed", "verified", *(name for name in ("why", "warning") if not row.get(name))):
        simple.pop(name, None)
    parts: list[RenderableType] = [_definitions(simple)]
    for name, value in row.items():
        if isinstance(value, Mapping | list | tuple) and value:
            parts += [Text(f"\n{one_line(name, 60)}", style="bold"), _definitions(_flat(value))]
    return Group(*parts)


def diff_view(text: str) -> Text:
    """A unified diff, added and removed lines coloured."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    shown = Text()
    for line in visible(text).splitlines():
        heading = line.startswith(("+++", "---"))
        shown.append(line + "\n", style="bold" if heading else styles.get(line[:1], ""))
    shown.rstrip()
    return shown


def doctor_table(rows: Sequence[Row]) -> Table:
    """What the machine can do: ``check, status (ok, poor, missing, absent), found, fix``."""
    marks = {
        "ok": ("ok", "green"),
        "poor": ("poor", "yellow"),
        "missing": ("missing", "red"),
        "absent": ("absent", "dim"),
    }
    table = _table("check", "", "found", "to improve it")
    for row in rows:
        word, style = marks.get(row["status"], (row["status"], ""))
        table.add_row(
            _text(row["check"]),
            Text(one_line(word, 20), style=style),
            _text(row["found"], 300),
            _text(row["fix"], 300),
        )
    return table


def comparison_table(rows: Sequence[Row]) -> RenderableType:
    """Methods at the same budget, as `comparison_rows` gives them."""
    holdout = any(row["holdout"] for row in rows)
    failed = any(row["failed"] for row in rows)
    table = _table(
        "method",
        ">runs",
        *([">failed"] if failed else []),
        ">median best",
        ">95 % interval",
        ">max",
        *([">hold-out", ">95 % interval"] if holdout else []),
        ">evaluations to target",
        ">reached",
        ">area",
        ">95 % interval",
        ">won-lost",
        ">p",
        ">time",
    )
    # The column of text would give way to those of numbers until nothing of it can be read.
    table.columns[0].min_width = 12
    for i, row in enumerate(rows):
        against = row["against"]
        table.add_row(
            Text(one_line(row["method"], 50), style="bold" if i == 0 else ""),
            count(row["runs"]),
            *([count(row["failed"])] if failed else []),
            number(row["best"] and row["best"]["median"], 8),
            _interval(row["best"]),
            number(row["max"], 8),
            *(
                [number(row["holdout"] and row["holdout"]["median"], 6), _interval(row["holdout"])]
                if holdout
                else []
            ),
            count(row["to_target"]),
            f"{row['reached']}/{row['runs']}",
            number(row["curve"] and row["curve"]["median"], 3),
            _interval(row["curve"], 3),
            MISSING if against is None else f"{against['won']}-{against['lost']}",
            MISSING if against is None else number(against["p"], 2),
            duration(row["seconds"]),
        )
    target = next((row["target"] for row in rows if row["target"] is not None), None)
    if target is None:
        return Group(table, Text("No run has a score.", style="dim"))
    first = next((row["against"]["method"] for row in rows if row["against"]), "")
    held = f"; won-lost: seeds against {one_line(first, 50)}, p of the sign test" if first else ""
    note = (
        f"Target {number(target, 8)}; intervals: bootstrap over runs; area: mean of the best score so far, "
        f"from 0 (the seed) to 1 (the best of all runs){held}."
    )
    return Group(table, Text(note, style="dim"))


def _table(*columns: str) -> Table:
    """An empty table; a heading that begins with ``>`` is of a column of numbers."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, 1))
    for name in columns:
        right = name.startswith(">")
        table.add_column(
            Text(name.lstrip(">")), justify="right" if right else "left", overflow="fold", no_wrap=right
        )
    return table


def _text(value: object, limit: int = 60) -> Text:
    return Text(one_line(str(value), limit))


def _score(row: Row, name: str, digits: int, style: str = "") -> Text:
    """A score, marked where it may be forged: judge and candidate shared a process."""
    shown = Text(number(row.get(name), digits), style=style)
    if not row.get("verified", True):
        shown.append(" unverified", style="not bold red")
    return shown


def _status(status: str) -> Text:
    return Text(one_line(status, 20), style=STATUS_STYLES.get(status, ""))


def _interval(interval: Mapping[str, float] | None, digits: int = 7) -> str:
    if interval is None:
        return MISSING
    return f"{number(interval['low'], digits)} … {number(interval['high'], digits)}"


def _age(seconds: float) -> str:
    """One unit is enough to tell runs apart."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _definitions(values: Mapping[str, Any]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in values.items():
        grid.add_row(
            _text(name), Text(MISSING if value is None or value == "" else one_line(str(value), 1_000))
        )
    return grid


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """``{"a": {"b": 1}}`` as ``{"a.b": 1}``."""
    if isinstance(value, Mapping) and value:
        return {
            k: v
            for key, item in value.items()
            for k, v in _flat(item, f"{prefix}.{key}" if prefix else str(key)).items()
        }
    return {prefix: " ".join(map(str, value)) if isinstance(value, list | tuple) else value}


def _source(path: str, text: str) -> RenderableType:
    shown = visible(text)
    if len(shown) > MAX_COLOURED:
        return Text(shown)
    lexer = LEXERS.get(PurePath(path).suffix.lower(), "text")
    return Syntax(
        shown, lexer, theme="ansi_dark", background_color="default", line_numbers=True, word_wrap=True
    )
