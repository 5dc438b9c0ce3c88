"""What a run says while it goes on: a live panel on a terminal, plain lines anywhere else.

`Progress` observes the loop. Being told an event only counts; drawing is left to a clock, so
2,000 events a second cost next to nothing. Nothing that it does can end a run: foreign text is
made harmless, and when nobody reads the output any more it falls silent.

The plain lines are a format that scripts may rely on: a word (``start``, ``best``, ``status``,
``end``), then ``key=value`` pairs, ASCII and without spaces but for ``note``, a JSON string at
the end of its line. ``verified=no`` stands by scores that may be forged, for judge and candidate
share a process. ``best`` is the best score; ``champion`` names the candidate that the run's champion
rule prefers to it, where there is one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from types import TracebackType
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live

from evo.report.panel import Champion, LastImprovement, State, panel
from evo.report.tally import Ledger, Tally
from evo.report.text import json_line
from evo.types import Evaluation, Event


class Progress:
    """Shows how a run is going.

    Args:
        limits: name -> limit, as a mapping or a record with such fields; None where there is none.
        best_known: score of the best known solution.
        title: what is searched, in a few words.
        stages: names of the ``search`` stages; a score counts at the last of them.
        ledger: what was spent, such as the run's `evo.budget.Budget`; without one, what was told is
            what was spent, so a resumed run would begin at 0.
        console: where to show it; plain lines unless it is a terminal that can move its cursor.
        clock: seconds, never going back.
        quiet: show nothing at all.
        every_s: how far plain ``status`` lines lie apart at least.
        waiting: how many candidates wait to be judged, see `evo.report.tally.Tally`.
        champion: who would be the result of the run now, None where that is the best score; called from where
            events are told, every `every_s` at most.
    """

    def __init__(
        self,
        limits: Any,
        best_known: float | None = None,
        *,
        title: str = "",
        stages: tuple[str, ...] = ("search",),
        ledger: Ledger | None = None,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
        quiet: bool = False,
        every_s: float = 5.0,
        waiting: Callable[[], int | None] | None = None,
        champion: Callable[[], Champion | None] = lambda: None,
    ) -> None:
        self.console = console or Console()
        self._tally = Tally(
            _as_mapping(limits),
            best_known,
            title=title,
            stages=stages,
            ledger=ledger,
            clock=clock,
            waiting=waiting,
        )
        self._clock, self._quiet, self._every_s = clock, quiet, every_s
        self._next_line = self._next_look = clock()
        self._find_champion = champion
        self._champion: Champion | None = None
        self._plain = False
        self._verified = True
        self._live: Live | None = None

    def start(self) -> None:
        """Begins to show; what is told before that is counted in silence."""
        self._tally.restart()
        self._next_line = self._clock() + self._every_s
        if self._quiet:
            return
        if self.console.is_interactive:
            self._live = Live(get_renderable=self.panel, console=self.console, refresh_per_second=5)
            self._live.start()
        else:
            self._plain = True
            limits = {f"limit_{name}": limit for name, limit in self._tally.limits.items()}
            title, known = self._tally.title, self._tally.best_known
            self._say("start", {"title": title or None, **limits, "best_known": known})

    def stop(self) -> None:
        """Shows the last state and leaves the terminal as it was. Safe to call twice."""
        live, self._live = self._live, None
        self._look()
        if live is not None:
            live.stop()
        if self._plain:
            self._say("end", _figures(self.state()))
        self._plain = False

    def __enter__(self) -> "Progress":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def tell(self, event: Event) -> None:
        """Counts one event; an improvement is said at once."""
        if isinstance(event, Evaluation) and event.status != "lost":
            self._verified = self._verified and event.verified
        better = self._tally.tell(event)
        if better is not None and self._plain:
            self._say("best", _improvement(better, self._tally.best_known, self._verified))

    def tick(self, proposing: int, judging: int) -> None:
        """Takes in what is in flight; called once an iteration of the loop."""
        self._tally.tick(proposing, judging)
        if self._clock() >= self._next_look:
            self._look()
        if self._plain and self._clock() >= self._next_line:
            self._next_line = self._clock() + self._every_s
            self._say("status", _figures(self.state()))

    def state(self) -> State:
        """How the run is going, now."""
        return replace(self._tally.state(), verified=self._verified, champion=self._champion)

    def panel(self) -> RenderableType:
        """The live panel as it would be drawn now."""
        return panel(self.state())

    def _look(self) -> None:
        """Finds the champion; not while drawing, which happens beside the loop that changes the archive."""
        self._next_look = self._clock() + self._every_s
        if not self._quiet:
            self._champion = self._find_champion()

    def _say(self, word: str, pairs: Mapping[str, Any]) -> None:
        known = (f"{key}={_value(key, value)}" for key, value in pairs.items() if value is not None)
        try:
            self.console.file.write(" ".join([word, *known]) + "\n")
            self.console.file.flush()
        except (OSError, ValueError):  # the reader is gone, which is no reason to end a run
            self._plain = False


def _improvement(row: LastImprovement, best_known: float | None, verified: bool) -> dict[str, Any]:
    return {
        "evaluation": row.evaluation,
        "score": row.score,
        "verified": None if verified else "no",
        "gain": row.gain,
        "share": _share(row.score, best_known),
        "operator": row.operator,
        "candidate": row.candidate,
        "note": row.note,
    }


def _figures(state: State) -> dict[str, Any]:
    # In a race what is spent is less than the number of judgements, see `evo.budget.Limits`.
    limit, spent = next(
        ((limit, spent) for name, limit, spent in state.budgets if name == "evaluations"), (None, None)
    )
    return {
        "elapsed_s": round(state.elapsed_s, 1),
        "evaluations": f"{state.evaluations if spent is None else round(spent, 2):g}/{limit:g}"
        if limit
        else state.evaluations,
        "best": state.best,
        "champion": state.champion.candidate if state.champion else None,
        "verified": None if state.verified or state.best is None else "no",
        "share": _share(state.best, state.best_known),
        "rate": None if state.rate is None else round(state.rate, 2),
        "in_flight": state.proposing + state.judging,
        "waiting": state.waiting,
        "duplicates": state.duplicates,
        "no_candidate": state.failed_proposals,
        **state.statuses,
        "left_s": None if state.left_s is None else round(state.left_s),
    }


def _share(score: float | None, best_known: float | None) -> float | None:
    """`score` as a part of the best known; None unless both are above zero."""
    if score is None or best_known is None or min(score, best_known) <= 0:
        return None
    return round(score / best_known, 6)


def _value(key: str, value: Any) -> str:
    """One value of a plain line: ASCII, and without spaces but for the note's."""
    if key == "note":
        return json_line(str(value)[:200])
    if isinstance(value, float):
        return f"{value:.10g}"
    return json_line(str(value))[1:-1].replace(" ", "_") or "-"


def _as_mapping(limits: Any) -> dict[str, float]:
    """The limits that are set, of a mapping or of a record with a field for each."""
    if is_dataclass(limits):
        limits = {field.name: getattr(limits, field.name) for field in fields(limits)}
    return {name: limit for name, limit in limits.items() if limit is not None}
