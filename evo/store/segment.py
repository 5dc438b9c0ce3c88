"""Sealed events: Parquet files that any tool can read and that notice every flipped bit.

Parquet has checksums for its pages, but none for page headers nor for its footer. So a *seal* stands
between the last row group and the footer, where every reader of Parquet passes over it: digests of
the row groups, and a copy of the footer. It is written twice, so that damage in
one place costs at most one row group.
"""

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evo.errors import JournalCorrupt
from evo.store.disk import write_temporary
from evo.store.schema import SCHEMA, SCHEMA_VERSION, check_version, decode, missing

_MAGIC = b"EVOS"
_HEAD = struct.Struct("<HQI")  # version, first seq, number of row groups
_GROUP = struct.Struct("<QQI16s")  # start, end, rows, digest
_TRAILER = struct.Struct("<4sI16s")  # magic, length, digest of what stands before
_PARQUET = b"PAR1"
_TAIL_BYTES = 8  # length of the footer and _PARQUET
_REPETITIVE = [
    *("kind", "status", "stage", "sandbox", "operator", "made_by", "action", "author"),
    *("metrics.key_value.key", "cases.list.element.case", "cases.list.element.status"),
    "files.key_value.key",
]


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group: where its bytes are, and what they hash to."""

    start: int
    end: int
    rows: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Seal:
    version: int
    first_seq: int
    groups: tuple[_Group, ...]
    zipped: bytes  # copy of the footer

    @property
    def end(self) -> int:
        """Offset where the row groups end."""
        return self.groups[-1].end if self.groups else len(_PARQUET)

    def footer(self) -> bytes:
        return zlib.decompress(self.zipped)

    def pack(self) -> bytes:
        head = _HEAD.pack(self.version, self.first_seq, len(self.groups))
        groups = (_GROUP.pack(one.start, one.end, one.rows, one.digest) for one in self.groups)
        body = b"".join((head, *groups, self.zipped))
        return body + _TRAILER.pack(_MAGIC, len(body), _digest(body))

    def ending(self) -> bytes:
        """Every byte of the file after the last row group."""
        packed = self.pack()
        return b"".join((packed, packed, _framed(self.footer())))


class Segment:
    """One sealed file. It is opened by its name each time it is read.

    Attributes:
        path: of the file.
        number: counts up from 0, and is that of the part it was sealed from.
        first_seq: number of its first event.
        next_seq: number of the event after its last one.
        n_groups: how many row groups it has.
    """

    def __init__(self, path: Path, seal: _Seal) -> None:
        self.path = path
        self.number = int(path.name.partition(".")[0])
        self._seal = seal
        self._starts = [seal.first_seq]
        for group in seal.groups:
            self._starts.append(self._starts[-1] + group.rows)
        self.first_seq = seal.first_seq
        self.next_seq = self._starts[-1]
        self.n_groups = len(seal.groups)
        self._metadata: pq.FileMetaData | None = None

    @classmethod
    def load(cls, path: Path, data: bytes | None = None) -> "Segment":
        """The segment in a file; `data` are the file's bytes if they were read already.

        Raises:
            FileNotFoundError: there is no such file.
            JournalCorrupt: both copies of its seal are damaged.
            RunError: it was written by a later version of evo.
        """
        seal = _find_seal(path.read_bytes() if data is None else data)
        if seal is None:
            raise JournalCorrupt(
                f"{path} has lost both copies of its seal, so that none of it can be trusted"
            )
        check_version(seal.version, str(path))
        return cls(path, seal)

    def damage(self, data: bytes) -> list[str]:
        """What is wrong in `data`, the bytes of the file, in words; empty if nothing is."""
        found = [
            f"row group {i} (bytes {group.start} to {group.end}, {group.rows} rows) has changed"
            for i, group in enumerate(self._seal.groups)
            if not _is_intact(data, group)
        ]
        if data[: len(_PARQUET)] != _PARQUET or data[self._seal.end :] != self._seal.ending():
            found.append(f"its seal or footer (from byte {self._seal.end}) has changed")
        return found

    def group_of(self, seq: int) -> int:
        """The row group that event `seq` is in."""
        return bisect_right(self._starts, seq) - 1

    def group_start(self, group: int) -> int:
        """Number of the first event of a row group."""
        return self._starts[group]

    def group(self, group: int, columns: Sequence[str] | None = None) -> pa.RecordBatch:
        """The rows of one row group; all columns unless some are named.

        Raises:
            FileNotFoundError: the file is gone.
            JournalCorrupt: the bytes of the row group have changed.
        """
        place = self._seal.groups[group]
        with pa.OSFile(str(self.path)) as file:
            if _digest(file.read_at(place.end - place.start, place.start)) != place.digest:
                raise JournalCorrupt(f"{self.path}: row group {group} has changed since it was sealed.")
            reader = pq.ParquetFile(file, metadata=self._parsed(), page_checksum_verification=True)
            names = list(columns) if columns else None
            table = reader.read_row_group(group, columns=names, use_threads=False)
        return pa.concat_batches(table.to_batches())

    def batches(self, columns: Sequence[str] | None = None, since: int = 0) -> Iterator[pa.RecordBatch]:
        """The rows from event `since` on, a row group at a time.

        Raises:
            FileNotFoundError: the file is gone.
            JournalCorrupt: the bytes of a row group have changed.
        """
        for group in range(self.group_of(max(since, self.first_seq)), self.n_groups):
            yield self.group(group, columns).slice(max(0, since - self._starts[group]))
        self.cool()

    def good_batches(self, data: bytes) -> Iterator[pa.RecordBatch]:
        """The rows by row group, those of groups that are damaged in `data` replaced by `missing` ones."""
        for i, group in enumerate(self._seal.groups):
            yield self.group(i) if _is_intact(data, group) else missing(self._starts[i], group.rows)

    def cool(self) -> None:
        """Gives the memory of the parsed footer back; it is parsed again when needed."""
        self._metadata = None

    def _parsed(self) -> pq.FileMetaData:
        if self._metadata is None:
            framed = _PARQUET + _framed(self._seal.footer())
            self._metadata = pq.read_metadata(pa.BufferReader(framed))
        return self._metadata


def write_segment(path: Path, first_seq: int, batches: Iterable[pa.RecordBatch]) -> Path:
    """Writes a sealed file under a temporary name, a row group for each batch.

    Returns:
        the temporary file, complete and synced, to be given its name with `evo.store.disk.publish`.

    Raises:
        OSError: it cannot be written.
    """
    sink = pa.BufferOutputStream()
    rows = []
    with pq.ParquetWriter(
        sink,
        SCHEMA,
        compression="zstd",
        use_dictionary=_REPETITIVE,
        write_statistics=False,
        write_page_checksum=True,
    ) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=batch.num_rows)
            rows.append(batch.num_rows)
    return write_temporary(path, _sealed(bytes(sink.getvalue()), first_seq, rows))


def holds(segment: Segment, batches: Iterable[pa.RecordBatch]) -> bool:
    """Whether the rows that a segment reads from its file are those of `batches`, one a row group."""
    count = 0
    for group, batch in enumerate(batches):
        if group >= segment.n_groups or not _same(segment.group(group), batch):
            return False
        count += 1
    segment.cool()
    return count == segment.n_groups


def _same(one: pa.RecordBatch, other: pa.RecordBatch) -> bool:
    # To Arrow a not-a-number differs from itself; its text does not.
    return one.equals(other) or repr(decode(one)) == repr(decode(other))


def _sealed(parquet: bytes, first_seq: int, rows: Sequence[int]) -> bytes:
    """A Parquet file with the seal put in before its footer."""
    length = int.from_bytes(parquet[-_TAIL_BYTES : -len(_PARQUET)], "little")
    end = len(parquet) - _TAIL_BYTES - length
    footer = parquet[end:-_TAIL_BYTES]
    metadata = pq.read_metadata(pa.BufferReader(parquet))
    edges = [*(_start_of(metadata, i) for i in range(metadata.num_row_groups)), end]
    groups = tuple(
        _Group(start, stop, n, _digest(parquet[start:stop]))
        for start, stop, n in zip(edges[:-1], edges[1:], rows, strict=True)
    )
    seal = _Seal(SCHEMA_VERSION, first_seq, groups, zlib.compress(footer))
    return parquet[:end] + seal.ending()


def _framed(footer: bytes) -> bytes:
    """A footer as it ends a Parquet file."""
    return b"".join((footer, len(footer).to_bytes(4, "little"), _PARQUET))


def _start_of(metadata: pq.FileMetaData, group: int) -> int:
    first = metadata.row_group(group).column(0)
    offsets = (first.dictionary_page_offset, first.data_page_offset)
    return min(int(offset) for offset in offsets if offset is not None)


def _find_seal(data: bytes) -> _Seal | None:
    """The last seal in the bytes of a file whose digest is right."""
    at = data.rfind(_MAGIC)
    while at >= 0:
        seal = _read_seal(data, at)
        if seal is not None:
            return seal
        at = data.rfind(_MAGIC, 0, at)
    return None


def _read_seal(data: bytes, at: int) -> _Seal | None:
    """The seal whose trailer is at `at`, or None."""
    if at + _TRAILER.size > len(data):
        return None
    _, length, digest = _TRAILER.unpack_from(data, at)
    body = data[max(0, at - length) : at]
    if len(body) < max(length, _HEAD.size) or _digest(body) != digest:
        return None
    version, first_seq, n_groups = _HEAD.unpack_from(body)
    zipped = _HEAD.size + n_groups * _GROUP.size
    groups = tuple(_Group(*fields) for fields in _GROUP.iter_unpack(body[_HEAD.size : zipped]))
    return _Seal(version, first_seq, groups, body[zipped:])


def _is_intact(data: bytes, group: _Group) -> bool:
    return _digest(data[group.start : group.end]) == group.digest


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
