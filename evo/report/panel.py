"""The live panel of a run, drawn from a record of plain values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evo.report.text import against, amount, count, duration, gain, number, one_line, rate

STATUS_STYLES: Mapping[str, str] = {
    "ok": "green",
    "invalid": "yellow",
    "timeout": "magenta",
    "memory": "blue",
    "crashed": "red",
    "lost": "bright_black",
}


@dataclass(frozen=True, slots=True)
class LastImprovement:
    """A new best; `gain` is None for the first score of a run."""

    evaluation: int
    score: float
    gain: float | None
    operator: str
    note: str
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class Champion:
    """Who would be the result of the run now, and why that is not the best score."""

    candidate: str
    score: float | None
    why: str


@dataclass(frozen=True, slots=True)
class State:
    """How a run is going.

    Attributes:
        left_s: until the first limit is reached, at the pace so far.
        budgets: ``(name, limit, spent)``; spent None if unknown.
        verified: False when the scores may be forged: judge and candidate share a process.
        champion: None where that is the best score.
    """

    title: str = ""
    best: float | None = None
    best_known: float | None = None
    rate: float | None = None
    elapsed_s: float = 0.0
    left_s: float | None = None
    proposing: int = 0
    judging: int = 0
    waiting: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0
    failed_proposals: int = 0
    evaluations: int = 0
    budgets: Sequence[tuple[str, float, float | None]] = ()
    improvements: Sequence[LastImprovement] = ()
    verified: bool = True
    champion: Champion | None = None


def panel(state: State) -> RenderableType:
    """A few lines for a terminal of any width; all foreign text is on one line and inert."""
    parts: list[RenderableType] = [_headline(state)]
    if state.champion is not None:
        parts.append(_champion(state.champion))
    parts += [_bars(state), _counts(state)]
    if state.improvements:
        parts.append(_improvements(state.improvements))
    return Group(*parts)


def _headline(state: State) -> Text:
    line = Text("best ", style="dim", no_wrap=True, overflow="ellipsis")
    best = number(state.best, 10) if state.best is not None else "none yet"
    line.append(best, style="not dim bold cyan")
    if not state.verified:
        line.append(" unverified", style="not dim red")
    if stands := against(state.best, state.best_known):
        line.append(f"  {stands}", style="not dim green" if _reached(state) else "not dim")
    if state.title:
        line.append(f"   {one_line(state.title, 80)}")
    return line


def _champion(row: Champion) -> Text:
    line = Text("champion ", style="dim", no_wrap=True, overflow="ellipsis")
    line.append(number(row.score, 10), style="not dim cyan")
    return line.append(f"  {one_line(row.candidate, 12)}, {one_line(row.why, 120)}", style="not dim")


def _reached(state: State) -> bool:
    return state.best is not None and state.best_known is not None and state.best >= state.best_known


def _bars(state: State) -> Table:
    grid = Table.grid(padding=(0, 1), expand=False)
    grid.add_column(style="dim")
    grid.add_column(width=28)
    grid.add_column(no_wrap=True)
    for name, limit, spent in state.budgets:
        figures = f"{amount(name, spent)} of {amount(name, limit)}"
        if name == "evaluations":
            figures += f"  {rate(state.rate)}"
        grid.add_row(name, _bar(spent or 0.0, limit), figures)
    left = f", about {duration(math.ceil(state.left_s))} left" if state.left_s is not None else ""
    if not any(name == "evaluations" for name, *_ in state.budgets):
        grid.add_row("evaluations", "", f"{count(state.evaluations)}  {rate(state.rate)}")
    grid.add_row("time", "", f"{duration(state.elapsed_s)}{left}")
    return grid


def _bar(spent: float, limit: float) -> ProgressBar:
    return ProgressBar(
        total=limit, completed=min(spent, limit), width=28, complete_style="cyan", finished_style="green"
    )


def _counts(state: State) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append("judged ", style="dim")
    for status, n in sorted(state.statuses.items(), key=lambda item: -item[1]):
        line.append(f"{status} {count(n)}  ", style=STATUS_STYLES.get(status, ""))
    if not state.statuses:
        line.append("none yet  ")
    line.append("duplicates ", style="dim").append(f"{count(state.duplicates)}  ")
    if state.failed_proposals:
        line.append("no candidate ", style="dim").append(f"{count(state.failed_proposals)}  ")
    line.append("in flight ", style="dim").append(f"{state.proposing} made, {state.judging} judged  ")
    line.append("waiting ", style="dim").append(count(state.waiting))
    return line


def _improvements(rows: Sequence[LastImprovement]) -> Table:
    grid = Table.grid(padding=(0, 2), expand=False)
    for justify in ("right", "left", "left", "left"):
        grid.add_column(justify=justify, no_wrap=True, overflow="ellipsis")
    grid.add_column(no_wrap=True, overflow="ellipsis", style="dim")
    for row in reversed(rows):
        grid.add_row(
            Text(f"#{row.evaluation:,}", style="dim"),
            Text(number(row.score, 10), style="cyan"),
            Text(gain(row.gain) if row.gain is not None else "", style="green"),
            Text(one_line(row.operator, 24)),
            Text(one_line(row.note, 80)),
        )
    return grid
