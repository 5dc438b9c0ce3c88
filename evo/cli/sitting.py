"""What ``run`` and ``resume`` do with an opened run: progress, signals, the page, and the last words."""

import argparse
import json
import math
import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from rich.console import Console

from evo.cli.summarise import summarise
from evo.errors import Exit
from evo.report.page import write_page
from evo.report.progress import Progress
from evo.search.insight import n_waiting
from evo.session import Outcome, Session
from evo.store.archive import open_run
from evo.store.export import export_best


class StopSignals:
    """Turns the first Ctrl-C or TERM into a polite stop; the second one interrupts at once."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> "StopSignals":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _stop(self, number: int, frame: FrameType | None) -> None:
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
    )
    with StopSignals(console) as signals:
        progress.start()
        try:
            outcome = session.run([progress], stop=lambda: signals.asked)
        finally:
            progress.stop()
    session.close()
    return _last_words(session, outcome, args, console)


def _last_words(session: Session, outcome: Outcome, args: argparse.Namespace, console: Console) -> int:
    folder = session.folder
    page = None
    champion = session.archive.champion()
    verified = champion is None or champion.verified
    if (
        outcome.exit_status != Exit.STORAGE
    ):  # there is no room for more; `evo report` and `evo export` can come later
        with open_run(folder) as view:
            if outcome.best:
                shutil.rmtree(folder / "best", ignore_errors=True)  # of an earlier champion
                export_best(view, folder / "best", draw=session.problem.draw)
            if not args.no_report:
                page = write_page(summarise(view, session.problem), folder / "report.html")
    if args.json:
        row = {"dir": str(folder), "best": outcome.best, "score": outcome.score, "reason": outcome.reason}
        row |= {"status": outcome.exit_status, "evaluations": outcome.evaluations}
        row |= {"proposals": outcome.proposals, "seconds": outcome.seconds, "verified": verified}
        json.dump(row, sys.stdout)
        print()
        return outcome.exit_status
    known = session.problem.best_known
    beside = f" (best known {known:g})" if known is not None else ""
    say = console.print
    say(f"\n{outcome.reason}; {outcome.evaluations:g} evaluations in {outcome.seconds:.0f} s", markup=False)
    if outcome.score is not None:
        say(f"best score  {outcome.score:.10g}{beside}{'' if verified else '  UNVERIFIED'}", markup=False)
        if not verified:
            say("            judge and candidate shared a process; the score may be forged", markup=False)
        if (folder / "best").is_dir():
            say(f"files       {folder / 'best'}", markup=False, soft_wrap=True)
    if page:
        say(f"report      {page}", markup=False, soft_wrap=True)
    more = "" if outcome.exit_status else f" budget.evaluations={math.ceil(2 * outcome.evaluations)}"
    commands = [f"top {folder}", f"verify {folder}", f"resume {folder}{more}"]
    for label, command in zip(("next", "", ""), commands, strict=True):
        say(f"{label:<12}{_program()} {command}", markup=False, soft_wrap=True)
    return outcome.exit_status


def _program() -> str:
    """What to type for ``evo`` here: outside of its virtual environment the shell does not find it by name."""
    called = Path(sys.argv[0])
    if shutil.which("evo") or called.name != "evo":
        return "evo"
    return os.path.relpath(called)
