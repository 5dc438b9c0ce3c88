"""Sealed segments: other tools read them, and no flipped bit gives a wrong row."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evo.errors import JournalCorrupt, RunError
from evo.store import segment as module
from evo.store.disk import publish
from evo.store.schema import SCHEMA, VERSION_KEY, decode, encode
from evo.store.segment import Segment, holds, write_segment
from evo.types import Evaluation
from tests.store.samples import event, events

ROWS = 8
GROUPS = 4
FIRST = 100


def batches() -> list[pa.RecordBatch]:
    return [encode(events(ROWS, FIRST + ROWS * i), FIRST + ROWS * i, 0.0) for i in range(GROUPS)]


@pytest.fixture
def path(fast_path: Path) -> Path:
    file = fast_path / "000003.parquet"
    publish(write_segment(file, FIRST, batches()), file)
    return file


def test_a_segment_gives_back_its_rows(path: Path) -> None:
    segment = Segment.load(path)
    assert (segment.number, segment.first_seq, segment.next_seq, segment.n_groups) == (3, 100, 132, 4)
    found = [one for batch in segment.batches() for one in decode(batch)]
    assert found == events(32, 100)
    assert segment.damage(path.read_bytes()) == []
    assert holds(segment, batches())


@pytest.mark.parametrize("since", [0, 100, 101, 108, 130, 131])
def test_a_segment_can_be_read_from_the_middle(path: Path, since: int) -> None:
    rows = [seq for batch in Segment.load(path).batches(["seq"], since) for seq in batch["seq"].to_pylist()]
    assert rows == list(range(max(100, since), 132))


def test_one_row_is_found_by_its_number(path: Path) -> None:
    segment = Segment.load(path)
    for seq in range(100, 132):
        group = segment.group_of(seq)
        batch = segment.group(group)
        assert decode(batch.slice(seq - segment.group_start(group), 1)) == [event(seq)]


def test_any_reader_of_parquet_reads_it(path: Path) -> None:
    table = pq.read_table(path, page_checksum_verification=True)
    assert table.schema.equals(SCHEMA)
    assert table.schema.metadata[VERSION_KEY] == b"2"
    assert table["seq"].to_pylist() == list(range(100, 132))
    assert decode(table.combine_chunks().to_batches()[0]) == events(32, 100)


def test_what_differs_is_not_held(path: Path) -> None:
    segment = Segment.load(path)
    other = batches()
    other[2] = encode(events(ROWS, 0), FIRST + 2 * ROWS, 0.0)
    assert not holds(segment, other)
    assert not holds(segment, batches()[:-1])
    assert not holds(segment, [*batches(), batches()[0]])


def test_not_a_number_is_the_same_as_itself(fast_path: Path) -> None:
    batch = encode([Evaluation("c", "s", status="lost", metrics={"a": float("nan")})], 0, 0.0)
    temporary = write_segment(fast_path / "000000.parquet", 0, [batch])
    assert holds(Segment.load(temporary), [batch])


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def rows_of(path: Path) -> list[int]:
    """Numbers of the rows that can be read of a damaged segment; each is checked to be right."""
    segment, numbers = Segment.load(path), list[int]()
    for group in range(segment.n_groups):
        try:
            batch = segment.group(group)
        except JournalCorrupt:
            continue
        numbers += batch["seq"].to_pylist()
        assert decode(batch) == [event(seq) for seq in batch["seq"].to_pylist()]
    return numbers


def test_a_flipped_bit_costs_one_row_group_at_most(path: Path) -> None:
    data = path.read_bytes()
    rng = random.Random(1)
    bits = {*(rng.randrange(8 * len(data)) for _ in range(200)), 0, 8 * len(data) - 1, 8 * len(data) - 50}
    for bit in sorted(bits):
        changed = flipped(data, bit)
        path.write_bytes(changed)
        assert len(rows_of(path)) >= ROWS * (GROUPS - 1), f"bit {bit}"
        assert Segment.load(path).damage(changed), f"bit {bit} was not noticed"


def test_a_segment_without_any_seal_is_refused(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"EVOS", b"EVOX"))
    with pytest.raises(JournalCorrupt, match="both copies of its seal"):
        Segment.load(path)


def test_a_cut_segment_is_refused(path: Path) -> None:
    data = path.read_bytes()
    seal = data.index(b"EVOS")
    for length in (0, 7, 1000, seal):
        path.write_bytes(data[:length])
        with pytest.raises(JournalCorrupt):
            Segment.load(path)
    path.write_bytes(data[: seal + 100])  # the first seal is whole, the footer is not
    assert len(rows_of(path)) == ROWS * GROUPS
    assert Segment.load(path).damage(path.read_bytes())


def test_a_later_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "SCHEMA_VERSION", 3)
        publish(write_segment(path, FIRST, batches()), path)
    with pytest.raises(RunError, match=r"000003\.parquet is written in format 3"):
        Segment.load(path)
