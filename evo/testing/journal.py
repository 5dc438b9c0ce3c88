"""What every journal must hold to."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from evo.errors import RunError
from evo.roles import Journal
from evo.types import Candidate, CaseResult, Evaluation, Event, Proposal, Reply, Steering, Usage

_ODD_TEXT = "tab\t nul\0 quote' \\ud800 \ud800 half, \N{SNOWMAN} \U0001f40d\r\n\n"


def every_kind_of_event() -> list[Event]:
    """Events of each kind: with every field set, with none, and with odd but legal values."""
    made = Candidate.of({"a.py": "x = 1\n", "b/c.txt": _ODD_TEXT, "empty": ""}, ("p1", "p2"), "op", "n", "m")
    return [
        Proposal(0, "seed", candidate=Candidate("", {})),
        Proposal(1, "op", ("p1", "p2"), made, known=3, seconds=0.5, usage=Usage(1, 2, None, 0.25, 4.0)),
        Proposal(2, "op", ("p1",), made, "duplicate"),
        Proposal(2**62, _ODD_TEXT, status="invalid", reason=_ODD_TEXT, usage=Usage(usd=0.125)),
        Evaluation(made.id, "search", 2, "ok", -1e-300, {"a": 1.5, _ODD_TEXT: -0.0}, sandbox="S3"),
        Evaluation(made.id, "search", status="lost", verified=False, seed=2**64 - 1),
        Evaluation(
            made.id,
            "holdout",
            score=0.1 + 0.2,
            cases=(CaseResult("one", "ok", 1e308, 0.5), CaseResult(_ODD_TEXT, "timeout")),
            feedback=_ODD_TEXT,
            artefact="[1]",
        ),
        Steering("try a hexagon", "somebody", made.id, "pin"),
        Steering(""),
        Proposal(3, "llm.diff", ("p1",), status="invalid", model="a/b", rung="apply", repairs="b1"),
        Reply(4, 0, "propose", "a/b", "c0ffee", _ODD_TEXT),
        Reply(
            4,
            1,
            "fix",
            "a/b",
            "0ddba11",
            "",
            "length",
            "[]",
            "llm.diff",
            ("p1",),
            ("p2",),
            made.id,
            "c/d",
            known=3,
            tries=2,
            seconds=1.5,
            usage=Usage(5, 6, None),
        ),
    ]


class JournalContract:
    """Subclass it and supply `make`; every test here then runs against your journal.

    Example:
        >>> class TestJournal(JournalContract):
        ...     @pytest.fixture
        ...     def make(self) -> Callable[[Path], Journal]:
        ...         return Journal.open
    """

    @pytest.fixture
    def make(self) -> Callable[[Path], Journal]:
        """A function that opens the journal of a run's folder for writing, and begins it if there is none."""
        raise NotImplementedError("supply the fixture `make`")

    def test_a_new_journal_is_empty(self, make: Callable[[Path], Journal], tmp_path: Path) -> None:
        with _opened(make, tmp_path / "runs" / "new") as journal:
            assert list(journal.replay()) == []

    def test_every_event_comes_back_as_it_was(self, make: Callable[[Path], Journal], tmp_path: Path) -> None:
        events = every_kind_of_event()
        with _opened(make, tmp_path) as journal:
            journal.append(events)
            assert list(journal.replay()) == events
        with _opened(make, tmp_path) as journal:
            assert list(journal.replay()) == events

    def test_events_keep_their_order(self, make: Callable[[Path], Journal], tmp_path: Path) -> None:
        events = _many(100)
        for start, count in ((0, 1), (1, 10), (11, 0), (11, 89)):
            with _opened(make, tmp_path) as journal:
                journal.append(events[start : start + count])
                assert list(journal.replay()) == events[: start + count]

    def test_replaying_can_be_repeated_and_left(
        self, make: Callable[[Path], Journal], tmp_path: Path
    ) -> None:
        events = _many(20)
        with _opened(make, tmp_path) as journal:
            journal.append(events[:10])
            left = journal.replay()
            assert next(left) == events[0]
            journal.append(events[10:])
            assert list(journal.replay()) == events
            assert list(journal.replay()) == events

    def test_all_of_an_append_or_nothing(self, make: Callable[[Path], Journal], tmp_path: Path) -> None:
        events = _many(3)
        with _opened(make, tmp_path) as journal:
            journal.append(events[:1])
            with pytest.raises((TypeError, ValueError)):
                journal.append([events[1], cast(Any, "no event"), events[2]])
            with pytest.raises((TypeError, ValueError)):
                journal.append([events[1], Evaluation("c", "search", status="lost", seed=-1)])
            assert list(journal.replay()) == events[:1]
            journal.append(events[1:])
        with _opened(make, tmp_path) as journal:
            assert list(journal.replay()) == events

    def test_what_append_returned_from_is_in_the_files(
        self, make: Callable[[Path], Journal], tmp_path: Path
    ) -> None:
        """A copy of the folder, taken while the journal is open, is what a crash would leave."""
        events = _many(6)
        with _opened(make, tmp_path / "run") as journal:
            for count, event in enumerate(events, 1):
                journal.append([event])
                copy = tmp_path / f"copy-{count}"
                shutil.copytree(tmp_path / "run", copy)
                with _opened(make, copy) as found:
                    assert list(found.replay()) == events[:count]

    def test_there_is_one_writer(self, make: Callable[[Path], Journal], tmp_path: Path) -> None:
        with _opened(make, tmp_path) as journal:
            with pytest.raises(RunError):
                make(tmp_path)
            journal.append(_many(1))
        with _opened(make, tmp_path) as journal:
            assert len(list(journal.replay())) == 1

    def test_a_closed_journal_takes_nothing(self, make: Callable[[Path], Journal], tmp_path: Path) -> None:
        journal = make(tmp_path)
        journal.close()
        journal.close()
        with pytest.raises(RunError):
            journal.append(_many(1))


@contextmanager
def _opened(make: Callable[[Path], Journal], folder: Path) -> Iterator[Journal]:
    journal = make(folder)
    try:
        yield journal
    finally:
        journal.close()


def _many(n: int) -> list[Event]:
    """`n` different events."""
    made = [Candidate.of({"seed.py": f"x = {i}\n"}, (), "seed", f"number {i}") for i in range(n)]
    return [
        Evaluation(made[i - 1].id, "search", score=float(i))
        if i % 2
        else Proposal(i, "seed", candidate=made[i])
        for i in range(n)
    ]
