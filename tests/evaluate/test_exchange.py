"""A candidate may ask while it works: it is answered at once or later, and never while it is not waited for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from evo.evaluate import Answered, Halt, Jail, Limits, Outcome, Program
from evo.evaluate.inside import wire

ASK = """
import os, struct, time

number = 0

def ask(body):
    global number
    os.write(3, struct.pack("<BII", 6, number, len(body)) + body)
    number += 1

def answer():
    kind, of, length = struct.unpack("<BII", os.read(3, 9))
    return of, os.read(3, length).decode() if length else ""

"""


@dataclass
class Desk:
    """Answers in capitals, after `delay_s` in another thread; ``halt`` is answered by the end of the run."""

    delay_s: float = 0.0
    asked: list[bytes] = field(default_factory=list)

    def ask(self, body: bytes, later: Callable[[Answered], None]) -> Answered | None:
        self.asked.append(body)
        answer = Halt("lost", "told to") if body == b"halt" else body.upper()
        if not self.delay_s:
            return answer
        threading.Timer(self.delay_s, later, [answer]).start()
        return None


def run(jail: Jail, body: str, desk: Desk | None, n_cases: int = 1, **limits: float) -> Outcome:
    source = ASK + "def solve(n):\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())
    cases = [wire.pack({"n": n}) for n in range(n_cases)]
    given = Limits(**{"wall_s": 5.0, "memory_mb": 1024, **limits})  # type: ignore[arg-type]
    return jail.run(Program({"solve.py": source}), cases, given, desk)


def values(outcome: Outcome) -> list[object]:
    assert outcome.status == "ok", (outcome.feedback, outcome.output)
    return [wire.unpack(claim) for claim in outcome.claims]


def test_requests_are_answered_by_number_in_one_case_and_the_next(jails: Callable[[str], Jail]) -> None:
    desk = Desk()
    outcome = run(jails("off"), "ask(b'a%d' % n)\nask(b'b')\nreturn [answer(), answer()]", desk, 2)
    assert values(outcome) == [[[0, "A0"], [1, "B"]], [[2, "A1"], [3, "B"]]]
    assert desk.asked == [b"a0", b"b", b"a1", b"b"]


def test_its_clock_stands_still_while_it_waits_and_no_longer(jails: Callable[[str], Jail]) -> None:
    jail, desk = jails("off"), Desk(delay_s=0.6)
    outcome = run(jail, "ask(b'x')\nreturn answer()", desk, wall_s=0.3)
    assert values(outcome) == [[0, "X"]]
    assert 0.55 < outcome.waited_s <= outcome.wall_s
    late = run(jail, "ask(b'x')\nanswer()\ntime.sleep(9)", Desk(delay_s=0.2), wall_s=0.4)
    assert (late.status, late.wall_s < 2.0) == ("timeout", True)
    whole = run(jail, "ask(b'x')\nanswer()", Desk(delay_s=5.0), wall_s=0.4, whole_s=0.5)
    assert whole.status == "timeout"
    assert "waiting included" in whole.feedback


def test_cpu_time_counts_whether_it_waits_or_not(jails: Callable[[str], Jail]) -> None:
    spin = "ask(b'x')\nend = time.process_time() + 9\nwhile time.process_time() < end: pass"
    outcome = run(jails("off"), spin, Desk(delay_s=20.0), wall_s=20.0, cpu_s=0.2)
    assert outcome.status == "timeout"
    assert "CPU" in outcome.feedback


def test_a_halt_ends_the_run_with_its_status(jails: Callable[[str], Jail]) -> None:
    for desk in (Desk(), Desk(delay_s=0.1)):
        outcome = run(jails("off"), "ask(b'halt')\nreturn answer()", desk)
        assert (outcome.status, outcome.feedback) == ("lost", "told to")


def test_an_answer_that_comes_after_the_end_goes_nowhere(jails: Callable[[str], Jail]) -> None:
    jail, desk = jails("off"), Desk(delay_s=0.3)
    assert values(run(jail, "ask(b'never read')\nreturn 1", desk)) == [1]
    time.sleep(0.1)
    outcome = run(jail, "ask(b'mine')\nreturn answer()", desk)
    time.sleep(0.4)
    assert values(outcome) == [[0, "MINE"]]


def test_requests_are_refused_where_nobody_answers_and_when_there_are_too_many(
    jails: Callable[[str], Jail],
) -> None:
    jail = jails("off")
    assert run(jail, "ask(b'x')\nreturn answer()", None).status == "invalid"
    flood = run(jail, "for _ in range(300): ask(b'x')\nreturn answer()", Desk(delay_s=1.0))
    assert (flood.status, "at a time" in flood.feedback) == ("invalid", True)
    unread = run(jail, "for _ in range(400): ask(b'x' * 200_000)\nreturn 1", Desk())
    assert (unread.status, "unread" in unread.feedback) == ("crashed", True)
