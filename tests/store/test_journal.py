"""The journal in the normal course of things: recording, sealing, finding, locking, versions."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evo.errors import RunError
from evo.store.frame import Kind, pack
from evo.store.journal import Journal, read_batches, read_events
from evo.store.schema import SCHEMA_VERSION
from evo.testing import JournalContract
from evo.types import Candidate, Evaluation, Proposal
from tests.store.samples import candidate, candidate_id, evaluation, event, events, frames, proposal


class TestJournal(JournalContract):
    @pytest.fixture
    def make(self) -> Callable[[Path], Journal]:
        return Journal.open


class TestJournalThatSealsAllTheTime(JournalContract):
    @pytest.fixture
    def make(self) -> Callable[[Path], Journal]:
        return lambda folder: Journal.open(folder, segment_rows=2, cache_bytes=0)


def write(folder: Path, n: int, per_frame: int = 7, segment_rows: int = 20) -> None:
    with Journal.open(folder, segment_rows=segment_rows) as journal:
        for frame in frames(n, per_frame):
            journal.append(frame)


def test_full_parts_are_sealed_and_dropped(fast_path: Path) -> None:
    write(fast_path, 100)
    assert list(read_events(fast_path)) == events(100)
    names = sorted(path.name for path in (fast_path / "archive").iterdir())
    assert names == [f"{i:06d}.parquet" for i in range(5)]
    assert not list((fast_path / "journal").iterdir())
    table = pq.read_table(fast_path / "archive")
    assert table["seq"].to_pylist() == list(range(100))
    with Journal.open(fast_path) as journal:
        assert (len(journal), journal.recovery.rows, journal.recovery.warning) == (100, 100, "")
        assert list(journal.replay()) == events(100)


def test_parts_are_also_full_by_bytes(fast_path: Path) -> None:
    with Journal.open(fast_path, segment_bytes=20_000) as journal:
        for frame in frames(40, 4, size=4_000):
            journal.append(frame)
    assert len(list((fast_path / "archive").iterdir())) > 2
    assert list(read_events(fast_path)) == events(40, size=4_000)


def test_everything_is_found_wherever_it_lies(fast_path: Path) -> None:
    """In the caches, in the open part, and in segments; with and without caches."""
    for cache_bytes in (0, 1 << 20):
        folder = fast_path / str(cache_bytes)
        with Journal.open(folder, segment_rows=30, cache_bytes=cache_bytes) as journal:
            for n, frame in enumerate(frames(100, 7)):
                journal.append(frame)
                for i in range(0, min(50, (7 * n + 7) // 2), 5):
                    assert journal.candidate(candidate_id(i)) == candidate(i)
                    assert journal.evaluation(candidate_id(i), "search") == evaluation(i)
        with Journal.open(folder, cache_bytes=cache_bytes) as journal:
            for i in (49, 0, 25, 0):
                assert journal.has(candidate_id(i))
                assert journal.candidate(candidate_id(i)) == candidate(i)
                assert journal.evaluation(candidate_id(i)) == evaluation(i)
            assert not journal.has(candidate_id(50))


def test_what_is_not_there_is_a_key_error(fast_path: Path) -> None:
    with Journal.open(fast_path) as journal:
        journal.append([proposal(0), Evaluation("x", "search", status="lost")])
        with pytest.raises(KeyError, match="no candidate 'nobody'"):
            journal.candidate("nobody")
        with pytest.raises(KeyError, match="was not judged at stage 'search'"):
            journal.evaluation(candidate_id(0), "search")
        with pytest.raises(KeyError, match="was not judged in"):
            journal.evaluation("x")


@pytest.mark.parametrize("cache_bytes", [0, 1 << 20])
def test_the_latest_evaluation_that_was_not_lost(fast_path: Path, cache_bytes: int) -> None:
    first, again = Evaluation("c", "a", score=1.0), Evaluation("c", "a", 2, score=2.0)
    other, lost = Evaluation("c", "b", score=3.0), Evaluation("c", "a", 3, status="lost")

    def check(journal: Journal) -> None:
        assert journal.evaluation("c", "a") == again
        assert journal.evaluation("c", "b") == other
        assert journal.evaluation("c") == other

    with Journal.open(fast_path, cache_bytes=cache_bytes) as journal:
        for one in (first, again):
            journal.append([one])
            assert journal.evaluation("c", "a") == journal.evaluation("c") == one
        journal.append([other, lost])
        check(journal)
    with Journal.open(fast_path, cache_bytes=cache_bytes) as journal:
        check(journal)


def test_a_candidate_is_what_it_was_first(fast_path: Path) -> None:
    first = Candidate("same", {"a": "x = 1"}, ("p",), "op")
    later = Candidate("same", {"a": "x = 1  # laid out in another way"}, (), "other")
    with Journal.open(fast_path, cache_bytes=0) as journal:
        journal.append([Proposal(0, "op", ("p",), first)])
        journal.append([Proposal(1, "other", (), later, "duplicate")])
        assert journal.candidate("same") == first
    with Journal.open(fast_path) as journal:
        assert journal.candidate("same") == first


def test_the_clock_is_the_one_that_was_given(fast_path: Path) -> None:
    times = iter([10.0, 20.5])
    with Journal.open(fast_path, clock=lambda: next(times)) as journal:
        journal.append(events(2))
        journal.append(events(1, 2))
    (batch,) = read_batches(fast_path, ["time", "kind"])
    assert batch.to_pydict() == {"time": [10.0, 10.0, 20.5], "kind": ["proposal", "evaluation", "proposal"]}


def test_readers_can_start_in_the_middle(fast_path: Path) -> None:
    write(fast_path, 50)
    with Journal.open(fast_path) as journal:
        journal.append(events(9, 50))
        for since in (0, 1, 20, 49, 50, 55, 58, 59, 70):
            assert list(read_events(fast_path, since)) == events(max(0, 59 - since), since)


def test_a_run_in_use_names_its_process(fast_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from evo.store.journal import Journal\n"
        "journal = Journal.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(fast_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(RunError, match=f"in use by process {process.pid}"):
            Journal.open(fast_path)
        assert list(read_events(fast_path)) == []
        process.kill()
    Journal.open(fast_path).close()


def test_a_journal_that_is_dropped_is_unlocked(fast_path: Path) -> None:
    journal = Journal.open(fast_path)
    journal.append(events(3))
    del journal
    with Journal.open(fast_path) as journal:
        assert list(journal.replay()) == events(3)


def test_what_is_no_run_is_refused(fast_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run"):
        list(read_events(fast_path / "nothing"))
    (fast_path / "file").touch()
    with pytest.raises(RunError, match="cannot be written"):
        Journal.open(fast_path / "file")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_refused(fast_path: Path) -> None:
    fast_path.chmod(0o500)
    with pytest.raises(RunError, match="Check its owner"):
        Journal.open(fast_path / "run")


def test_a_journal_of_a_later_version_is_refused_and_left_alone(fast_path: Path) -> None:
    with Journal.open(fast_path) as journal:
        journal.append(events(3))
        journal.close(seal=False)
    part = fast_path / "journal" / "000000.journal"
    later = pack(
        Kind.EVENTS, b"whatever", nonce=part.read_bytes()[8:16], seq=3, rows=1, version=SCHEMA_VERSION + 1
    )
    part.write_bytes(part.read_bytes() + later)
    before = part.read_bytes()
    with pytest.raises(RunError, match=rf"format {SCHEMA_VERSION + 1}.*pip install -U evo-search"):
        Journal.open(fast_path, recover=True)
    with pytest.raises(RunError, match="pip install -U evo-search"):
        list(read_events(fast_path))
    assert part.read_bytes() == before


def test_no_thread_and_no_descriptor_is_left(fast_path: Path) -> None:
    write(fast_path / "warm", 30)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for i in range(5):
        write(fast_path / f"run{i}", 60)
        list(read_events(fast_path / f"run{i}"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("evo-sealer")]


def test_a_frame_of_many_events_is_one_frame(fast_path: Path) -> None:
    with Journal.open(fast_path, segment_rows=100) as journal:
        journal.append(events(2_000))
        journal.append([event(2_000)])
    assert list(read_events(fast_path)) == events(2_001)
