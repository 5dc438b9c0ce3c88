"""Damage: what a crash leaves is set aside, what changed later is refused, and no row is ever wrong."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evo.errors import JournalCorrupt, RunError
from evo.store.frame import Kind, pack, scan
from evo.store.journal import Journal, read_events
from evo.store.recovery import Recovery
from tests.store.samples import candidate, candidate_id, differing, event, events, frames, numbered

N = 60


@pytest.fixture
def run(fast_path: Path) -> Path:
    """A run whose writer was killed: a part with frames of 3 events."""
    return written(fast_path / "run", 10_000)


def written(folder: Path, segment_rows: int, *, seal: bool = False) -> Path:
    journal = Journal.open(folder, segment_rows=segment_rows)
    for frame in frames(N, 3):
        journal.append(frame)
    journal.close(seal=seal)
    return folder


def part(folder: Path, number: int = 0) -> Path:
    return folder / "journal" / f"{number:06d}.journal"


def segment(folder: Path, number: int = 0) -> Path:
    return folder / "archive" / f"{number:06d}.parquet"


def restored(folder: Path, files: dict[Path, bytes]) -> None:
    """Makes the files of a run what they were."""
    for sub in ("journal", "archive", "damaged"):
        shutil.rmtree(folder / sub, ignore_errors=True)
    for path, data in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.glob("*/*") if path.is_file()}


def flips(size: int, n: int, seed: int) -> Iterator[int]:
    rng = random.Random(seed)
    yield from {rng.randrange(8 * size) for _ in range(n)}


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_torn_end_is_kept_beside_and_counted(run: Path) -> None:
    data = part(run).read_bytes()
    last = scan(data).frames[-1]
    part(run).write_bytes(data[:-5])
    assert list(read_events(run)) == events(N - 3)
    with Journal.open(run) as journal:
        found = journal.recovery
        assert (found.rows, found.missing, found.torn_bytes) == (N - 3, 0, last.end - last.start - 5)
        assert [path.read_bytes() for path in found.set_aside] == [data[last.start : -5]]
        assert "as a crash leaves them" in found.warning
        assert list(journal.replay()) == events(N - 3)
        journal.append(events(3, N - 3))
    with Journal.open(run) as journal:
        assert journal.recovery == Recovery(rows=N)
        assert list(journal.replay()) == events(N)


def test_a_copy_is_never_overwritten(run: Path) -> None:
    data = part(run).read_bytes()
    for i in range(3):
        part(run).write_bytes(data + b"torn %d" % i)
        Journal.open(run).close(seal=False)
    kept = sorted((run / "damaged").iterdir())
    assert [path.read_bytes() for path in kept] == [b"torn 0", b"torn 1", b"torn 2"]


def test_cut_at_200_offsets(run: Path) -> None:
    data = part(run).read_bytes()
    ends = [frame.end for frame in scan(data).frames]
    rng = random.Random(0)
    for cut in [0, 1, 48, len(data) - 1, len(data), *(rng.randrange(len(data)) for _ in range(195))]:
        restored(run, {part(run): data[:cut]})
        frames_left = sum(end <= cut for end in ends)
        rows = max(0, 3 * (frames_left - 1))
        assert list(read_events(run)) == events(rows), f"cut at {cut}"
        journal = Journal.open(run)
        assert list(journal.replay()) == events(rows), f"cut at {cut}"
        torn = cut - (ends[frames_left - 1] if frames_left else 0)
        assert (journal.recovery.rows, journal.recovery.torn_bytes) == (rows, torn)
        assert sum(path.stat().st_size for path in journal.recovery.set_aside) == torn
        journal.close(seal=False)


def check_flip(folder: Path, place: str) -> str:
    """Reads a damaged run in every way; what comes is right, and what does not is counted."""
    try:
        read = list(numbered(folder))
    except JournalCorrupt:
        read = []
    assert not differing(read), place
    try:
        journal, outcome = Journal.open(folder), "torn"
    except JournalCorrupt:
        journal, outcome = Journal.open(folder, recover=True), "corrupt"
    found = journal.recovery
    assert found.rows + found.missing + (3 if outcome == "torn" and found.torn_bytes else 0) == N, place
    assert found.warning, place
    assert len(list(journal.replay())) == found.rows
    journal.append([event(found.rows + found.missing)])
    journal.close(seal=False)
    read = list(numbered(folder))
    assert not differing(read), place
    assert len(read) == found.rows + 1
    return outcome


def test_200_bits_flipped_in_the_journal(run: Path) -> None:
    data = part(run).read_bytes()
    outcomes = []
    for bit in flips(len(data), 200, seed=1):
        restored(run, {part(run): flipped(data, bit)})
        outcomes.append(check_flip(run, f"bit {bit}"))
    assert {"torn", "corrupt"} == set(outcomes)


def test_60_bits_flipped_in_sealed_runs(fast_path: Path) -> None:
    run = written(fast_path / "run", 20, seal=True)
    files = contents(run)
    rng = random.Random(2)
    paths = sorted(files)
    for _ in range(60):
        path = rng.choice(paths)
        bit = rng.randrange(8 * len(files[path]))
        restored(run, files | {path: flipped(files[path], bit)})
        assert check_flip(run, f"bit {bit} of {path.name}") == "corrupt"


def test_corruption_is_refused_with_place_size_and_remedy(run: Path) -> None:
    data = part(run).read_bytes()
    second = scan(data).frames[2]
    bad = flipped(data, 8 * second.start + 700)
    part(run).write_bytes(bad)
    size = second.end - second.start
    message = (
        rf"journal/000000.journal is damaged at byte {second.start} \({size} bytes\), and 18 good frames "
        rf"with 54 events follow.*evo resume {run} --recover"
    )
    for _ in range(2):
        with pytest.raises(JournalCorrupt, match=message):
            Journal.open(run)
        with pytest.raises(JournalCorrupt, match=message):
            list(read_events(run))
        assert part(run).read_bytes() == bad
        assert not (run / "damaged").exists()
    with Journal.open(run, recover=True) as journal:
        assert (journal.recovery.rows, journal.recovery.missing) == (N - 3, 3)
        assert [path.read_bytes() for path in journal.recovery.set_aside] == [bad]
        assert list(journal.replay()) == events(3) + events(N - 6, 6)
        assert journal.candidate(candidate_id(0)) == candidate(0)
        with pytest.raises(KeyError):
            journal.candidate(candidate_id(2))
        journal.append(events(2, N))
    with Journal.open(run) as journal:
        assert (journal.recovery.rows, journal.recovery.missing) == (N - 1, 3)
        assert "3 events are missing for good" in journal.recovery.warning


def test_several_places_are_mended_at_once(run: Path) -> None:
    data = part(run).read_bytes()
    found = scan(data).frames
    bad = bytearray(data)
    for frame in (found[0], found[4], found[5], found[10]):
        bad[frame.start + 50 if frame.end > frame.start + 50 else frame.start] ^= 64
    part(run).write_bytes(bytes(bad))
    with pytest.raises(JournalCorrupt, match="and in 2 more places"):
        Journal.open(run)
    with Journal.open(run, recover=True) as journal:
        assert (journal.recovery.rows, journal.recovery.missing) == (N - 9, 9)
    assert not differing(list(numbered(run)))


def test_frames_that_were_cut_out_or_repeated_are_noticed(run: Path) -> None:
    data = part(run).read_bytes()
    found = scan(data).frames
    for bad, missing in (
        (data[: found[3].start] + data[found[5].start :], 6),
        (data + data[found[3].start : found[5].start], 0),
        (data[found[2].start :], 3),
    ):
        restored(run, {part(run): bad})
        with pytest.raises(JournalCorrupt):
            Journal.open(run)
        with pytest.raises(JournalCorrupt):
            list(read_events(run))
        with Journal.open(run, recover=True) as journal:
            assert (journal.recovery.rows, journal.recovery.missing) == (N - missing, missing)
        assert not differing(list(numbered(run)))


def unsealed(folder: Path) -> Path:
    """A run in three parts, none of which was sealed: as if the disk had been full."""
    journal = Journal.open(folder, segment_rows=10_000)
    for frame in frames(N, 3):
        journal.append(frame)
    journal.close(seal=False)
    data = part(folder).read_bytes()
    good = scan(data).frames
    nonce = good[0].nonce
    for number, (start, end) in enumerate(((1, 8), (8, 15), (15, 21))):
        opening = pack(Kind.OPENING, b"", nonce=nonce, seq=good[start].seq, rows=0, version=1)
        part(folder, number).write_bytes(opening + data[good[start].start : good[end - 1].end])
    return folder


def test_closed_parts_are_sealed_at_the_next_opening(fast_path: Path) -> None:
    run = unsealed(fast_path / "run")
    assert list(read_events(run)) == events(N)
    with Journal.open(run) as journal:
        assert journal.recovery == Recovery(rows=N)
    assert sorted(path.name for path in contents(run)) == [f"00000{i}.parquet" for i in range(3)]
    assert list(read_events(run)) == events(N)


@pytest.mark.parametrize("damage", ["end", "all", "gone", "empty"])
def test_a_closed_part_cannot_be_torn(fast_path: Path, damage: str) -> None:
    """Only the last part can be torn by a crash: what is missing of another was acknowledged."""
    run = unsealed(fast_path / "run")
    data = part(run, 1).read_bytes()
    if damage == "gone":
        part(run, 1).unlink()
    else:
        rest = {"end": data[:-10], "all": b"\0" * len(data), "empty": b""}[damage]
        part(run, 1).write_bytes(rest)
    missing = 3 if damage == "end" else 21
    with pytest.raises(JournalCorrupt):
        list(read_events(run))
    with pytest.raises(JournalCorrupt):
        Journal.open(run)
    with Journal.open(run, recover=True) as journal:
        assert (journal.recovery.rows, journal.recovery.missing) == (N - missing, missing)
        assert len(list(journal.replay())) == N - missing
    found = list(numbered(run))
    assert len(found) == N - missing
    assert not differing(found)


def test_a_part_cut_between_frames_is_noticed_by_the_next(fast_path: Path) -> None:
    run = unsealed(fast_path / "run")
    data = part(run, 0).read_bytes()
    part(run, 0).write_bytes(data[: scan(data).frames[-1].start])
    with pytest.raises(JournalCorrupt, match="begins with event 21, and event 18 comes next"):
        Journal.open(run)
    with Journal.open(run, recover=True) as journal:
        assert (journal.recovery.rows, journal.recovery.missing) == (N - 3, 3)
    assert not differing(list(numbered(run)))


def sealed_and_part(folder: Path) -> dict[Path, bytes]:
    """A run with both forms of each of its three blocks, as a crash between two steps may leave one."""
    journal = contents(unsealed(folder))
    Journal.open(folder).close()
    return journal | contents(folder)


def test_a_crash_while_a_segment_takes_the_place_of_its_part(fast_path: Path) -> None:
    run = fast_path / "run"
    files = sealed_and_part(run)
    whole = {path for path in files if path.suffix == ".parquet"}
    parts = {path for path in files if path.suffix == ".journal"}
    temporary = {path.with_name(path.name + ".tmp"): files[path][:999] for path in whole}
    for dropped in (set(), {part(run, 0)}, {segment(run, 2)}, {segment(run, 1), part(run, 2)}, parts, whole):
        restored(run, {path: data for path, data in files.items() if path not in dropped} | temporary)
        assert list(read_events(run)) == events(N)
        with Journal.open(run) as journal:
            assert journal.recovery == Recovery(rows=N)
            assert list(journal.replay()) == events(N)
            assert journal.candidate(candidate_id(11)) == candidate(11)
            journal.append(events(1, N))
        assert list(read_events(run)) == events(N + 1)
        assert not list(run.glob("*/*.tmp"))
        assert not list((run / "journal").iterdir())


def test_a_part_stands_in_for_its_damaged_segment_and_the_other_way_round(fast_path: Path) -> None:
    run = fast_path / "run"
    files = sealed_and_part(run)
    for path in (segment(run, 1), part(run, 1)):
        for bit in flips(len(files[path]), 10, seed=3):
            restored(run, files | {path: flipped(files[path], bit)})
            with Journal.open(run) as journal:
                assert journal.recovery.rows == N
                assert journal.recovery.missing == 0
                assert [one.read_bytes() for one in journal.recovery.set_aside] == [flipped(files[path], bit)]
                assert list(journal.replay()) == events(N)


def test_two_forms_of_a_block_that_differ_are_refused(fast_path: Path) -> None:
    run = fast_path / "run"
    files = sealed_and_part(run)
    other = contents(written(fast_path / "other", 10_000))[part(fast_path / "other")]
    restored(run, files | {part(run, 0): other})
    with pytest.raises(JournalCorrupt, match="hold different events"):
        Journal.open(run)
    with Journal.open(run, recover=True) as journal:
        assert list(journal.replay()) == events(N)
        assert [path.read_bytes() for path in journal.recovery.set_aside] == [other]


def test_both_forms_damaged_cost_what_the_segment_lost(fast_path: Path) -> None:
    run = fast_path / "run"
    files = sealed_and_part(run)
    bad = {path: flipped(files[path], 8 * 300) for path in (part(run, 1), segment(run, 1))}
    restored(run, files | bad)
    with pytest.raises(JournalCorrupt, match="are both damaged"):
        Journal.open(run)
    with Journal.open(run, recover=True) as journal:
        assert journal.recovery.rows + journal.recovery.missing == N
        assert len(journal.recovery.set_aside) == 2
    assert not differing(list(numbered(run)))


def test_a_segment_that_is_gone_or_without_a_seal(fast_path: Path) -> None:
    run = written(fast_path / "run", 20, seal=True)
    files = contents(run)
    for change in (None, b"", files[segment(run, 1)].replace(b"EVOS", b"EVOX")):
        restored(
            run, {path: data for path, data in files.items() if path != segment(run, 1) or change is not None}
        )
        if change is not None:
            segment(run, 1).write_bytes(change)
        with pytest.raises(JournalCorrupt):
            Journal.open(run)
        with pytest.raises(JournalCorrupt):
            list(read_events(run))
        with Journal.open(run, recover=True) as journal:
            assert (journal.recovery.rows, journal.recovery.missing) == (N - 21, 21)
            assert len(journal.recovery.set_aside) == (1 if change is None else 2)
        assert not differing(list(numbered(run)))


@pytest.mark.parametrize("rest", [b"", b"EVOJ half of an opening"])
def test_a_part_that_was_only_begun(run: Path, rest: bytes) -> None:
    """Killed right after the next part got its name: nothing is wrong."""
    part(run, 1).write_bytes(rest)
    assert list(read_events(run)) == events(N)
    with Journal.open(run) as journal:
        assert (journal.recovery.rows, journal.recovery.torn_bytes) == (N, len(rest))
        journal.append(events(1, N))
    assert list(read_events(run)) == events(N + 1)


def test_reading_a_run_that_was_changed_under_us(run: Path) -> None:
    with Journal.open(run) as journal:
        data = part(run).read_bytes()
        part(run).write_bytes(flipped(data, 8 * 200))
        with pytest.raises(JournalCorrupt, match="has changed at byte"):
            list(journal.replay())
        part(run).write_bytes(data)
        assert list(journal.replay()) == events(N)


def test_a_segment_removed_under_us(fast_path: Path) -> None:
    run = written(fast_path / "run", 20, seal=True)
    with Journal.open(run) as journal:
        segment(run, 1).unlink()
        with pytest.raises(RunError, match="is gone"):
            list(journal.replay())
