"""Nothing that was acknowledged is lost: killed writers, full disks, and readers beside a writer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from evo.errors import Exit, StorageFull
from evo.store.archive import open_run
from evo.store.journal import Journal, read_events
from tests.store.samples import candidate, candidate_id, events

ROOT = Path(__file__).parents[2]


def writer(command: str, folder: Path, n: int, seed: int = 0) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "tests.store.writer", command, str(folder), str(n), str(seed)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def check_kills(folder: Path, n: int, seed: int) -> None:
    results = writer("kills", folder, n, seed)
    assert [one["status"] for one in results] == [-9] * n  # each died of the kill and of nothing else
    assert all(one["right"] for one in results)
    for one in results:
        assert one["acknowledged"] <= one["found"] <= one["acknowledged"] + 10 * n
    assert results[-1]["acknowledged"] > 50
    with Journal.open(folder) as journal:
        assert journal.recovery.missing == 0
        assert len(list(journal.replay())) == results[-1]["found"]


def test_killed_at_25_moments(tmp_path: Path) -> None:
    check_kills(tmp_path / "run", 25, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
def test_killed_at_60_moments(tmp_path: Path, seed: int) -> None:
    check_kills(tmp_path / "run", 60, seed)


def test_killed_at_every_step_of_sealing(fast_path: Path) -> None:
    """Every opening, naming, cutting and removing of a file is once the last thing that happens."""
    results = writer("steps", fast_path, 1_000)
    assert results[-1]["status"] == 0
    assert len(results) > 60
    for step, one in enumerate(results, 1):
        assert one["status"] == (-9 if step < len(results) else 0)
        assert one["acknowledged"] <= one["found"] <= one["acknowledged"] + 3, step
        assert one["right"], step
        assert one["whole"], step
        assert not one["warning"] or "as a crash leaves them" in one["warning"], step
        sealed = [name for name in one["left"] if not name.startswith("damaged/")]
        assert all(name.endswith(".parquet") for name in sealed), step


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no command to mount a small file system with")
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    yield disk
    # Lazily: a test that failed may still hold a file open, and the mount must not outlive it.
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_ends_cleanly_and_can_be_resumed(small_disk: Path) -> None:
    run = small_disk / "run"
    journal = Journal.open(run)
    count = filled(journal)
    assert count > 100
    with pytest.raises(StorageFull, match=r"No space left on device.*make room.*evo resume") as caught:
        journal.append(events(1))
    assert caught.value.exit_status == Exit.STORAGE
    assert list(journal.replay()) == events(count, size=4_000)
    assert journal.candidate(candidate_id(7)) == candidate(7, 4_000)
    journal.close()
    assert list(read_events(run)) == events(count, size=4_000)

    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    with Journal.open(run) as journal:
        assert (journal.recovery.rows, journal.recovery.warning) == (count, "")
        journal.append(events(60, count, size=4_000))
    assert list(read_events(run)) == events(count + 60, size=4_000)


def test_sealing_on_a_disk_that_is_nearly_full(small_disk: Path) -> None:
    """Sealing needs room beside its part. Without it the part stays; nothing stops before it has to."""
    run = small_disk / "run"
    journal = Journal.open(run, segment_rows=100)
    count = filled(journal)
    assert list(journal.replay()) == events(count, size=4_000)
    journal.close()
    assert not list(run.glob("*/*.tmp"))
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    Journal.open(run).close()
    assert not list((run / "journal").iterdir())
    assert list(read_events(run)) == events(count, size=4_000)


def test_a_run_cannot_begin_on_a_full_disk(small_disk: Path) -> None:
    with suppress(OSError), (small_disk / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    with pytest.raises(StorageFull, match="make room"):
        Journal.open(small_disk / "run")
    (small_disk / "ballast").unlink()
    with Journal.open(small_disk / "run") as journal:
        journal.append(events(5))
    assert list(read_events(small_disk / "run")) == events(5)


@pytest.mark.parametrize("limit", [10_000, 100_001])
def test_a_write_that_is_cut_short(tmp_path: Path, limit: int) -> None:
    """A write to a full disk takes some of its bytes and reports no error; the next one does."""
    (result,) = writer("limited", tmp_path, limit)
    assert result["right"]
    assert result["acknowledged"] > 0
    assert result["size"] <= limit
    assert all("File too large" in error for error in result["errors"])
    assert list(read_events(tmp_path)) == events(result["acknowledged"])
    with Journal.open(tmp_path) as journal:
        assert journal.recovery.warning == ""
        journal.append(events(7, len(journal)))


def test_an_append_returns_after_its_bytes_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process does not show it, a lost power supply would: the last thing done is a sync."""
    synced: list[int] = []
    sync = os.fdatasync

    def watched(handle: int) -> None:
        sync(handle)
        synced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fdatasync", watched)
    with Journal.open(tmp_path) as journal:
        for i in range(5):
            journal.append(events(3, 3 * i))
            assert synced[-1] == (tmp_path / "journal" / "000000.journal").stat().st_size
        assert len(set(synced)) >= 5


def test_readers_beside_a_writer_see_a_prefix(fast_path: Path) -> None:
    """While parts are filled, sealed and dropped; nothing waits for a reader, and no reader for the writer."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from evo.store.journal import Journal; from tests.store.samples import events\n"
        "with Journal.open(Path(sys.argv[1]), segment_rows=12) as journal:\n"
        "    while (n := len(journal)) < 600:\n"
        "        journal.append(events(1 + n % 4, n)); print(len(journal), flush=True); time.sleep(0.01)\n"
    )
    command = [sys.executable, "-c", script, str(fast_path)]
    sizes, acknowledged, view = [0], 0, None
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        for line in islice(process.stdout, None, None, 8):  # while the writer goes on
            acknowledged = int(line)
            found = list(read_events(fast_path))
            assert found == events(len(found))
            assert len(found) >= max(acknowledged, sizes[-1])
            sizes.append(len(found))
            view = view or open_run(fast_path)
            view.refresh()
            for i in range(acknowledged % 7, len(found) // 2, 29):
                assert view.candidate(candidate_id(i)) == candidate(i)
    assert process.returncode == 0
    assert len(set(sizes)) > 4
    assert len(list(read_events(fast_path))) >= 600


def filled(journal: Journal) -> int:
    """Appends until the disk is full; returns how many events were acknowledged."""
    count = 0
    with suppress(StorageFull):
        while True:
            journal.append(events(9, count, size=4_000))
            count += 9
    return count
