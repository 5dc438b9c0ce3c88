"""Live progress, on a terminal and in a log, with a clock that the tests turn."""

import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.console import Console

from evo.report.panel import Champion
from evo.report.progress import Progress
from evo.types import Candidate, Evaluation, Proposal, Steering, Usage
from tests.report.samples import HOSTILE


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Ledger:
    """As a run's budget: earlier sittings are in it."""

    def __init__(self, best: float | None, evaluations: int) -> None:
        self.best = best
        self.evaluations = evaluations

    def rows(self) -> Iterator[tuple[str, float | None, float | None]]:
        yield "evaluations", 100, self.evaluations
        yield "usd", None, None


def proposal(number: int, note: str = "k 3 -> 4", status: str = "ok", operator: str = "tune") -> Proposal:
    candidate = Candidate(f"{number:016x}", {}, operator=operator, note=note)
    return Proposal(number, operator, candidate=candidate, status=status)  # type: ignore[arg-type]


def judged(number: int, score: float | None, status: str = "ok", stage: str = "search") -> Evaluation:
    return Evaluation(f"{number:016x}", stage, status=status, score=score)  # type: ignore[arg-type]


def lines(out: io.StringIO) -> list[str]:
    return out.getvalue().splitlines()


def pairs(line: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)', line))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def plain(out: io.StringIO, clock: Clock, **settings: object) -> Progress:
    limits = {"evaluations": 100, "seconds": 60.0, "usd": None}
    return Progress(limits, 2.0, console=Console(file=out), clock=clock, **settings)  # type: ignore[arg-type]


def test_a_log_gets_a_line_for_each_improvement(out: io.StringIO, clock: Clock) -> None:
    with plain(out, clock, title="sphere · greedy") as progress:
        for number, score in enumerate([1.0, 0.5, 1.5, 1.5]):
            progress.tell(proposal(number, note="radius 1 -> 2"))
            progress.tell(judged(number, score))
            progress.tick(1, 1)
    start, first, second, end = lines(out)
    assert start == "start title=sphere_\\u00b7_greedy limit_evaluations=100 limit_seconds=60 best_known=2"
    assert first == (
        'best evaluation=1 score=1 share=0.5 operator=tune candidate=0000000000000000 note="radius 1 -> 2"'
    )
    assert pairs(second) == {
        "evaluation": "3",
        "score": "1.5",
        "gain": "0.5",
        "share": "0.75",
        "operator": "tune",
        "candidate": "0000000000000002",
        "note": '"radius 1 -> 2"',
    }
    assert end.startswith("end elapsed_s=0 evaluations=4/100 best=1.5 share=0.75 in_flight=2 waiting=0")


def test_what_waits_is_what_the_search_says(out: io.StringIO, clock: Clock) -> None:
    for told, shown in ((3, "3"), (0, "0"), (None, "5")):
        progress = plain(out, clock, waiting=lambda told=told: told)
        progress.start()
        for number in range(7):
            progress.tell(proposal(number))
        progress.tick(0, 2)
        progress.stop()
        assert pairs(lines(out)[-1])["waiting"] == shown


def test_a_champion_other_than_the_best_is_named_when_it_is_asked_for(out: io.StringIO, clock: Clock) -> None:
    asked: list[float] = []

    def champion() -> Champion | None:
        asked.append(clock.now)
        return (
            Champion("c1", 0.9, "least usd within 0.2 of the best (1 against 4)") if clock.now > 103 else None
        )

    with plain(out, clock, champion=champion) as progress:
        progress.tell(judged(1, 1.0))
        for _ in range(10):
            progress.tick(0, 0)
            clock.now += 1.0
        console = Console(file=io.StringIO(), width=100)
        console.print(progress.panel())
    start, best, status, end = (pairs(line) for line in lines(out))
    assert asked == [100.0, 105.0, 110.0]
    assert ("champion" in start, "champion" in best) == (False, False)
    assert (status["champion"], end["champion"], end["best"]) == ("c1", "c1", "1")
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "best 1" in shown
    assert "champion 0.9  c1, least usd within 0.2 of the best (1 against 4)" in shown


def test_scores_that_may_be_forged_are_marked(out: io.StringIO, clock: Clock) -> None:
    with plain(out, clock) as progress:
        progress.tell(replace(judged(1, None, "lost"), verified=False))
        progress.tell(judged(2, 1.0))
        progress.tell(replace(judged(3, 1.5), verified=False))
        console = Console(file=io.StringIO(), width=80)
        console.print(progress.panel())
    start, believed, forged, end = (pairs(line) for line in lines(out))
    assert ("verified" in start, "verified" in believed) == (False, False)
    assert (forged["verified"], end["verified"]) == ("no", "no")
    assert "best 1.5 unverified" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_log_gets_a_status_line_at_most_every_few_seconds(out: io.StringIO, clock: Clock) -> None:
    progress = plain(out, clock, every_s=5)
    progress.start()
    for number in range(300):
        clock.now += 0.1
        progress.tell(proposal(number, status="ok" if number % 3 else "duplicate"))
        progress.tell(judged(number, 1.0) if number % 2 else judged(number, None, "timeout"))
        progress.tick(0, 2)
    status = [pairs(line) for line in lines(out) if line.startswith("status ")]
    assert 5 <= len(status) <= 6
    assert abs(int(status[-1]["ok"]) - int(status[-1]["timeout"])) <= 1
    assert float(status[-1]["rate"]) == pytest.approx(10, rel=0.05)
    assert int(status[-1]["duplicates"]) == pytest.approx(
        int(status[-1]["evaluations"].split("/")[0]) / 3, abs=1
    )
    assert status[-1]["left_s"] == "0"  # more than the 100 evaluations were made
    assert status[0]["left_s"] == "5"  # 50 of 100 evaluations in 5 s
    progress.stop()


def test_what_lies_before_the_start_is_counted_in_silence(out: io.StringIO, clock: Clock) -> None:
    progress = plain(out, clock)
    for number in range(10):
        progress.tell(proposal(number))
        progress.tell(judged(number, float(number)))
    assert out.getvalue() == ""
    progress.start()
    progress.tell(judged(11, 3.0))
    progress.stop()
    assert [line.split()[0] for line in lines(out)] == ["start", "end"]
    assert pairs(lines(out)[-1])["evaluations"] == "11/100"


def test_a_resumed_run_counts_on_from_its_ledger(out: io.StringIO, clock: Clock) -> None:
    ledger = Ledger(1.5, 40)
    progress = plain(out, clock, ledger=ledger)
    progress.start()
    progress.tell(judged(1, 1.2))  # better than all of this sitting, not than the one before
    assert progress.state().best == 1.5
    ledger.best, ledger.evaluations = 1.8, 42
    progress.tell(judged(2, 1.8))
    (line,) = (line for line in lines(out) if line.startswith("best"))
    assert pairs(line)["evaluation"] == "42"
    assert pairs(line)["gain"] == "0.3"
    assert progress.state().budgets[0] == ("evaluations", 100, 42)


def test_only_the_last_search_stage_ranks_and_lost_ones_are_no_evaluations(
    out: io.StringIO, clock: Clock
) -> None:
    progress = plain(out, clock, stages=("few", "all"))
    progress.start()
    for event in (judged(1, 9.0, stage="few"), judged(1, 1.0, stage="all"), judged(1, 7.0, stage="holdout")):
        progress.tell(event)
    progress.tell(judged(2, None, "lost", stage="all"))
    progress.tell(Steering("try hexagons"))
    state = progress.state()
    assert state.best == 1.0
    assert state.evaluations == 2
    assert state.statuses == {"ok": 2, "lost": 1}


def test_unknown_prices_are_unknown(out: io.StringIO, clock: Clock) -> None:
    progress = Progress({"usd": 5.0, "tokens": 100}, console=Console(file=out), clock=clock)
    progress.tell(Proposal(1, "llm", status="invalid", usage=Usage(tokens_in=10, tokens_out=5, usd=0.5)))
    assert progress.state().budgets == [("usd", 5.0, 0.5), ("tokens", 100, 15)]
    progress.tell(Proposal(2, "llm", status="invalid", usage=Usage(usd=None)))
    assert progress.state().budgets[0] == ("usd", 5.0, None)
    assert progress.state().failed_proposals == 2


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("width", [20, 120])
def test_no_text_can_break_it(terminal: bool, width: int, clock: Clock) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8" if terminal else "ascii")
    console = Console(file=out, force_terminal=terminal, force_interactive=terminal, width=width)
    with Progress({"evaluations": 5}, console=console, clock=clock, title=f"[red]{HOSTILE}") as progress:
        for number, note in enumerate([HOSTILE, "[/bold]", "[bold]" * 500, "\n\n\n\r", "\ud800", ""]):
            progress.tell(proposal(number, note, operator=note))
            progress.tell(judged(number, float(number)))
            clock.now += 3
            progress.tick(1, 1)
            console.file.flush()
    out.seek(0)
    text = out.read()
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    if terminal:
        assert ("[red]</script>" in text) == (width == 120)
        assert "[/bold]" in text
        assert "best" in text
    else:
        assert all(line.split()[0] in ("start", "best", "status", "end") for line in text.splitlines())
        best = [line for line in text.splitlines() if line.startswith("best")]
        assert json.loads(pairs(best[0])["note"]) == HOSTILE


def panel_text(progress: Progress, width: int = 110) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    with console.capture() as capture:
        console.print(progress.panel())
    return capture.get()


def test_a_terminal_shows_everything_at_a_glance(clock: Clock) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, force_interactive=True, width=110)
    progress = Progress(
        {"evaluations": 100, "seconds": 60.0}, 2.0, console=console, clock=clock, title="circles · islands"
    )
    progress.start()
    for number in range(40):
        clock.now += 0.25
        progress.tell(proposal(number, f"radius {number}", "ok" if number % 4 else "duplicate"))
        progress.tell(judged(number, number / 25) if number % 5 else judged(number, None, "invalid"))
        progress.tick(3, 2)
    text = panel_text(progress)
    for expected in (
        "circles · islands",
        "best 1.56",
        "78.00 % of the best known",
        "40 of 100",
        "4/s",
        "10.0 s of 1 min 00 s",
        "about 15.0 s left",
        "ok 32",
        "invalid 8",
        "duplicates 10",
        "3 made, 2 judged",
        "#40",
        "+0.04",
        "radius 39",
    ):
        assert expected in text, text
    assert len(text.splitlines()) <= 12
    progress.stop()
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert "radius 39" in drawn
    assert "status " not in drawn
    assert drawn.rstrip().endswith("\x1b[?25h")  # the cursor is back


def test_a_dumb_terminal_gets_plain_lines(clock: Clock, out: io.StringIO) -> None:
    console = Console(file=out, force_terminal=True, _environ={"TERM": "dumb"})
    with Progress({"evaluations": 5}, console=console, clock=clock):
        pass
    assert [line.split()[0] for line in lines(out)] == ["start", "end"]


def test_quiet_says_nothing(out: io.StringIO, clock: Clock) -> None:
    with plain(out, clock, quiet=True) as progress:
        progress.tell(proposal(1))
        progress.tell(judged(1, 1.0))
        clock.now += 100
        progress.tick(1, 1)
    assert out.getvalue() == ""


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_is_gone_does_not_end_the_run(clock: Clock) -> None:
    with plain(Gone(), clock) as progress:
        progress.tell(proposal(1))
        progress.tell(judged(1, 1.0))
        clock.now += 100
        progress.tick(1, 1)
    assert progress.state().best == 1.0


def test_being_told_is_cheap_enough_for_two_thousand_events_a_second(out: io.StringIO) -> None:
    with plain(out, Clock()) as progress:
        before = time.process_time()
        for number in range(2_000):
            progress.tell(proposal(number))
            progress.tell(judged(number, 1.0 / (number + 1)))
            progress.tick(4, 4)
        spent = time.process_time() - before
    assert spent < 2.0  # a fifth of a second where nothing else runs


def test_stopping_twice_says_it_once(out: io.StringIO, clock: Clock) -> None:
    progress = plain(out, clock)
    progress.start()
    progress.stop()
    progress.stop()
    assert [line.split()[0] for line in lines(out)] == ["start", "end"]
