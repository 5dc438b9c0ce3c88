"""What ``run`` and ``resume`` do with an opened run: progress, signals, the page, and the last words."""

import argparse
import json
import math
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from rich.console import Console

from evo.cli.summarise import summarise
from evo.errors import Exit
from evo.report.page import write_page
from evo.report.panel import Champion
from evo.report.progress import Progress
from evo.report.text import number
from evo.search.insight import n_waiting
from evo.session import Outcome, Session
from evo.store.archive import SELECTION, open_run
from evo.store.export import export_best
from evo.store.standing import Standing


class StopSignals:
    """Turns the first Ctrl-C or TERM into a polite stop; the second one interrupts at once."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> "StopSignals":
        for one in (signal.SIGINT, signal.SIGTERM):
            self._before[one] = signal.signal(one, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)  # type: ignore[arg-type]

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self.console.print("Stopping; the journal is flushed. Once more to stop at once.", highlight=False)


def sit(session: Session, args: argparse.Namespace) -> int:
    """Runs an opened session to its end and tells what came of it; returns the exit status."""
    # Progress goes to stderr where stdout carries JSON, so that a pipe gets the object alone.
    console = Console(stderr=args.json, highlight=False)
    for warning in session.warnings:
        console.print(warning, markup=False)
    progress = Progress(
        session.budget.limits,
        best_known=session.problem.best_known,
        title=f"{session.problem.name}, {session.config.search.use.rsplit(':', 1)[-1]}",
        stages=session.stages,
        ledger=session.budget,
        console=console,
        quiet=args.quiet,
        waiting=lambda: n_waiting(session.search),
        champion=lambda: _other_than_the_best(session),
    )
    with StopSignals(console) as signals:
        progress.start()
        try:
            outcome = session.run([progress], stop=lambda: signals.asked)
        finally:
            progress.stop()
    session.close()
    return _last_words(session, outcome, args, console)


def _other_than_the_best(session: Session) -> Champion | None:
    """The champion now, where the rule names another than the best score."""
    pick = session.archive.pick()
    return Champion(pick.champion.id, pick.champion.score, pick.why) if pick and pick.why else None


def _last_words(session: Session, outcome: Outcome, args: argparse.Namespace, console: Console) -> int:
    folder = session.folder
    page = None
    pick = session.archive.pick()
    verified = pick is None or pick.champion.verified
    if (
        outcome.exit_status != Exit.STORAGE
    ):  # there is no room for more; `evo report` and `evo export` can come later
        with open_run(folder) as view:
            if outcome.best:
                shutil.rmtree(folder / "best", ignore_errors=True)  # of an earlier champion
                export_best(view, folder / "best", draw=session.problem.draw)
            if not args.no_report:
                page = write_page(summarise(view, session.problem, session.search), folder / "report.html")
    if args.json:
        row = {"dir": str(folder), "best": outcome.best, "score": outcome.score, "reason": outcome.reason}
        row |= {"status": outcome.exit_status, "evaluations": outcome.evaluations}
        row |= {"proposals": outcome.proposals, "seconds": outcome.seconds, "verified": verified}
        row |= {"why": outcome.why, "warning": outcome.warning}
        json.dump(row, sys.stdout)
        print()
        if outcome.warning:
            console.print(outcome.warning, markup=False)
        return outcome.exit_status
    say = console.print
    say(f"\n{outcome.reason}; {outcome.evaluations:g} evaluations in {outcome.seconds:.0f} s", markup=False)
    for line in _result(session, outcome):
        say(line, markup=False, soft_wrap=True)
    if page:
        say(f"report      {page}", markup=False, soft_wrap=True)
    more = "" if outcome.exit_status else f" budget.evaluations={math.ceil(2 * outcome.evaluations)}"
    commands = [f"top {folder}", f"verify {folder}", f"resume {folder}{more}"]
    for label, command in zip(("next", "", ""), commands, strict=True):
        say(f"{label:<12}{_program()} {command}", markup=False, soft_wrap=True)
    return outcome.exit_status


def _result(session: Session, outcome: Outcome) -> Iterator[str]:
    """The champion, and all that its score must not be read without."""
    pick, known = session.archive.pick(), session.problem.best_known
    if pick is None:
        return
    beside = f" (best known {known:g})" if known is not None else ""
    beside += "" if pick.champion.verified else "  UNVERIFIED"
    if pick.why:
        where = " on selection" if pick.stage == SELECTION else ""
        yield f"champion    {number(outcome.score, 10)}{beside}"
        yield f"            {pick.why}"
        yield f"best score  {pick.best.scores[pick.stage]:.10g}{where}, {pick.best.id}"
    else:
        yield f"best score  {number(outcome.score, 10)}{beside}"
    if (selection := pick.champion.scores.get(SELECTION)) is not None:
        yield f"selection   {selection:.10g}{_beside(session.archive.origin(), pick.champion)}"
    if not pick.champion.verified:
        yield "            judge and candidate shared a process; the score may be forged"
    if pick.warning:
        yield f"warning     {pick.warning}"
    if (session.folder / "best").is_dir():
        yield f"files       {session.folder / 'best'}"


def _beside(seed: Standing | None, champion: Standing) -> str:
    """What the seed has on the same cases."""
    if seed is None or SELECTION not in seed.scores:
        return ""
    if seed.id == champion.id:
        return ", the seed's: of those judged there none is better"
    return f", the seed {seed.scores[SELECTION]:.10g}"


def _program() -> str:
    """What to type for ``evo`` here: outside of its virtual environment the shell does not find it by name."""
    called = Path(sys.argv[0])
    if shutil.which("evo") or called.name != "evo":
        return "evo"
    return os.path.relpath(called)
