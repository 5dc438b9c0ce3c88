"""A part of the journal: a file of frames, not sealed yet."""

import os
import secrets
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from evo.errors import JournalCorrupt
from evo.store.disk import sync_folder, write_all
from evo.store.frame import Frame, Kind, Scan, pack, read, scan
from evo.store.schema import SCHEMA_VERSION, check_version, conform, missing, schema_of

GROUP_ROWS = 256
GROUP_BYTES = 4 << 20
"""Rows are handed out, and sealed, in groups of so many rows (less than twice as many) or bytes.

Larger groups are cheaper to read in order (Parquet costs some 30 us a column and group), smaller ones
at random: at 256 rows of 4 KB a whole replay takes 6 us a row, and a single row 0.6 ms.
"""

NONCE_BYTES = 8


class Part:
    """The frames of one file. It is read by its name each time, so that it may be removed meanwhile.

    Attributes:
        path: of the file.
        number: of the part; counts up from 0, and is that of the segment it is sealed into.
        frames: the good ones, in order, the opening one included.
        first_seq: number of its first event.
    """

    def __init__(self, path: Path, number: int, frames: list[Frame], first_seq: int = 0) -> None:
        self.path = path
        self.number = number
        self.frames = frames
        self.first_seq = frames[0].seq if frames else first_seq

    @classmethod
    def load(cls, path: Path, first_seq: int = 0) -> tuple["Part", Scan]:
        """The good frames of a file, and the scan that tells what else is in it.

        Args:
            path: of the file.
            first_seq: number of its first event, should it have no good frame to tell it.

        Raises:
            FileNotFoundError: it is gone, most likely because it was sealed.
            RunError: it was written by a later version of evo.
        """
        found = scan(path.read_bytes())
        for frame in found.frames:
            check_version(frame.version, str(path))
        return cls(path, int(path.stem), found.frames, first_seq), found

    @property
    def next_seq(self) -> int:
        """Number of the event that follows its last one."""
        return self.frames[-1].next_seq if self.frames else self.first_seq

    @property
    def size(self) -> int:
        """Offset in bytes where the next frame goes."""
        return self.frames[-1].end if self.frames else 0

    def batches(self, columns: Sequence[str] | None = None, since: int = 0) -> Iterator[pa.RecordBatch]:
        """The rows from event `since` on, in groups; all columns unless some are named.

        Raises:
            FileNotFoundError: the file is gone.
            JournalCorrupt: it has changed since it was loaded.
        """
        data = self.path.read_bytes()
        wanted = [frame for frame in self.frames if frame.next_seq > since]
        for batch in grouped(self._decode(data, frame, 0) for frame in wanted):
            first = batch.column("seq")[0].as_py() if batch.num_rows else since
            rows = batch.slice(since - first) if first < since else batch
            yield rows.select(list(columns)) if columns else rows

    def row(self, seq: int) -> pa.RecordBatch:
        """The row of event `seq`, alone in a batch.

        Raises:
            FileNotFoundError: the file is gone.
            JournalCorrupt: it has changed since it was loaded.
        """
        frame = self.frames[bisect_right(self.frames, seq, key=attrgetter("seq")) - 1]
        with self.path.open("rb", buffering=0) as file:
            data = os.pread(file.fileno(), frame.end - frame.start, frame.start)
        return self._decode(data, frame, frame.start).slice(seq - frame.seq, 1)

    def _decode(self, data: bytes, frame: Frame, origin: int) -> pa.RecordBatch:
        """The rows of `frame`; `data` are the bytes of the file from `origin` on."""
        found = read(data, frame.start - origin, frame.nonce)
        if found is None or found.seq != frame.seq or found.rows != frame.rows:
            raise JournalCorrupt(f"{self.path} has changed at byte {frame.start} since it was opened.")
        return frame_rows(found, data, str(self.path))


def frame_rows(frame: Frame, data: bytes, where: str) -> pa.RecordBatch:
    """The rows that a good frame within `data` holds, in the columns of this version."""
    if frame.kind == Kind.EVENTS:
        schema = schema_of(frame.version, where)
        return conform(pa.ipc.read_record_batch(pa.py_buffer(frame.payload(data)), schema))
    return missing(frame.seq, frame.rows if frame.kind == Kind.MISSING else 0)


def grouped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of about `GROUP_ROWS` rows or `GROUP_BYTES`, whichever is less."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield from _cut(waiting, rows, size)
            waiting, rows, size = [], 0, 0
    if rows:
        yield from _cut(waiting, rows, size)


def _cut(waiting: list[pa.RecordBatch], rows: int, size: int) -> Iterator[pa.RecordBatch]:
    whole = waiting[0] if len(waiting) == 1 else pa.concat_batches(waiting)
    pieces = max(1, rows // GROUP_ROWS, min(rows, size // GROUP_BYTES))
    step = -(-rows // pieces)
    for start in range(0, rows, step):
        yield whole.slice(start, step)


class OpenPart(Part):
    """The part that is being written, by one writer."""

    def __init__(self, path: Path, number: int, frames: list[Frame], first_seq: int = 0) -> None:
        super().__init__(path, number, frames, first_seq)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._close = weakref.finalize(self, os.close, self._handle)
        self._nonce = frames[0].nonce if frames else secrets.token_bytes(NONCE_BYTES)
        self._is_clean = False

    @classmethod
    def create(cls, path: Path, first_seq: int) -> "OpenPart":
        """An empty part, durable with its name, whose first event will be number `first_seq`.

        Raises:
            OSError: it cannot be written.
        """
        part = cls(path, int(path.stem), [], first_seq)
        try:
            part.append(Kind.OPENING, b"", 0)
            sync_folder(path.parent)
        except OSError:
            part.close()
            raise
        return part

    def append(self, kind: Kind, payload: bytes, rows: int) -> None:
        """Writes one frame and returns when it is on the disk.

        Whatever goes wrong, a signal included, the file goes on from its last good frame.

        Raises:
            OSError: it could not be written, and was taken back.
            ValueError: it is too large.
        """
        seq, start = self.next_seq, self.size
        data = pack(kind, payload, nonce=self._nonce, seq=seq, rows=rows, version=SCHEMA_VERSION)
        if not self._is_clean:
            self.cut_back()
        self._is_clean = False
        try:
            write_all(self._handle, data, start)
            os.fdatasync(self._handle)
        except OSError:
            self.cut_back()
            raise
        self.frames.append(Frame(SCHEMA_VERSION, kind, self._nonce, seq, rows, start, start + len(data)))
        self._is_clean = True

    def cut_back(self) -> None:
        """Drops what follows the last good frame."""
        os.ftruncate(self._handle, self.size)
        os.fdatasync(self._handle)
        self._is_clean = True

    def close(self) -> None:
        """Closes the file; all of it is on the disk already."""
        self._close()
