"""The one durable record of a run: what was acknowledged is on the disk, whatever happens next.

Events go into checksummed frames at the end of the open part of the journal. A part that has grown
large enough is closed and, in a thread, sealed into a Parquet file; it is dropped only when that file
was read back and found to hold the same.
"""

import fcntl
import os
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from evo.errors import RunError, StorageFull
from evo.store.disk import make_folder, opening, publish, sync_folder, writing
from evo.store.frame import Kind
from evo.store.part import OpenPart, Part
from evo.store.records import CACHE_BYTES, Block, Records, part_path, segment_path
from evo.store.recovery import Opening, Recovery, load_for_reading
from evo.store.schema import decode, encode
from evo.store.segment import Segment, holds, write_segment
from evo.types import Candidate, Evaluation, Event

SEGMENT_ROWS = 4096
SEGMENT_BYTES = 32 << 20


class Journal:
    """The writer of a run's events. There is one at a time; it also finds what was recorded.

    Made by `open`. Other processes read with `read_events`, without asking.

    Attributes:
        folder: of the run.
        recovery: what opening it came upon.
        sealing_error: why the last part could not be sealed, or empty. Nothing is lost by it: the
            part stays in the journal, and sealing is tried again with the next one.
    """

    def __init__(
        self,
        folder: Path,
        lock: int,
        found: Opening,
        *,
        clock: Callable[[], float],
        segment_rows: int,
        segment_bytes: int,
        cache_bytes: int,
    ) -> None:
        self.folder = folder
        self.sealing_error = ""
        self._clock = clock
        self._segment_rows = segment_rows
        self._segment_bytes = segment_bytes
        self._refusal = ""
        self._sealer = ThreadPoolExecutor(1, "evo-sealer")
        self._sealing: list[Future[Segment]] = []
        self._records = Records(folder, found.blocks, cache_bytes)
        self._records.index()
        self.recovery = _summary(found, self._records)
        self._part = _continued(folder, found.blocks)
        self._records.blocks[self._part.number :] = [self._part]
        self._seal_closed()
        self._unlock = weakref.finalize(self, os.close, lock)  # last: until here, `open` closes it

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        recover: bool = False,
        clock: Callable[[], float] = time.time,
        segment_rows: int = SEGMENT_ROWS,
        segment_bytes: int = SEGMENT_BYTES,
        cache_bytes: int = CACHE_BYTES,
    ) -> "Journal":
        """Opens the run in `folder` for writing, or begins one there.

        Args:
            folder: of the run; made if need be.
            recover: mend damage: keep every good event, count the others, set the bytes aside.
            clock: seconds since 1970; recorded with the events, and used for nothing else.
            segment_rows: a part of the journal with so many events is sealed,
            segment_bytes: and so is one with so many bytes.
            cache_bytes: memory for candidates and evaluations that were read or written lately.

        Raises:
            JournalCorrupt: damaged other than by a crash, and `recover` is False.
            RunError: in use, or not writable, or written by a later version of evo.
            StorageFull: there is no room to go on.
        """
        folder = Path(folder).absolute()
        with opening(folder):
            for place in (folder, folder / "journal", folder / "archive"):
                make_folder(place)
            lock = _take_lock(folder)
            try:
                found = Opening(folder, recover=recover)
                found.load()
                return cls(
                    folder,
                    lock,
                    found,
                    clock=clock,
                    segment_rows=segment_rows,
                    segment_bytes=segment_bytes,
                    cache_bytes=cache_bytes,
                )
            except BaseException:
                os.close(lock)
                raise

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """How many events are recorded, those that damage has taken included."""
        return self._records.next_seq

    def append(self, events: Sequence[Event]) -> None:
        """Records `events` as one frame and returns when it is on the disk: all of them or none.

        Raises:
            JournalCorrupt: a part changed on the disk before it was sealed.
            RunError: the journal is closed.
            StorageFull: it could not be written, now or before; the journal ends with its last
                good frame, and takes more only after it was opened again.
            TypeError: one of them is not an event.
            ValueError: one of them holds a value that cannot be recorded.
        """
        self._check_open()
        if not events:
            return
        self._adopt_sealed()
        first = self._records.next_seq
        batch = encode(events, first, self._clock())
        payload = bytes(batch.serialize())
        try:
            with writing(self.folder):
                self._turn_page()
                self._part.append(Kind.EVENTS, payload, len(events))
        except StorageFull as error:
            self._refusal = str(error)
            raise
        for seq, event in enumerate(events, first):
            self._records.remember(seq, event)

    def replay(self) -> Iterator[Event]:
        """Every event recorded so far, in order, with little memory.

        Raises:
            JournalCorrupt: a file has changed since it was opened.
        """
        for batch in self._records.batches():
            yield from decode(batch)
        pa.default_memory_pool().release_unused()

    def has(self, candidate: str) -> bool:
        """Whether a candidate with this id was proposed."""
        return self._records.locations.candidate(candidate) is not None

    def candidate(self, candidate: str) -> Candidate:
        """The candidate with this id, as it was first proposed.

        Raises:
            KeyError: there is none.
        """
        return self._records.candidate(candidate)

    def evaluation(self, candidate: str, stage: str | None = None) -> Evaluation:
        """The latest evaluation of a candidate that was not lost, at `stage` or at any stage.

        Raises:
            KeyError: there is none.
        """
        return self._records.evaluation(candidate, stage)

    def close(self, *, seal: bool = True) -> None:
        """Unlocks the run; all that was acknowledged is on the disk already.

        Args:
            seal: also seal what is in the open part, so that the Parquet files hold everything.
        """
        if not self._unlock.alive:
            return
        try:
            self._part.close()
            if self._part.next_seq == self._part.first_seq:
                self._drop_empty_part()
            wait(self._sealing)
            self._adopt_sealed()
            if seal and not self._refusal:
                self._seal(self._records.blocks)
            self._sealer.shutdown(wait=True)
            self._adopt_sealed()
        finally:
            self._unlock()

    def _drop_empty_part(self) -> None:
        self._records.blocks.pop()
        with suppress(OSError):  # an empty part that stays is used by the next writer
            self._part.path.unlink()

    def _check_open(self) -> None:
        if not self._unlock.alive:
            raise RunError(f"the journal of {self.folder} was closed; open it again to go on.")
        if self._refusal:
            raise StorageFull(self._refusal)

    def _turn_page(self) -> None:
        """Begins a new part if the open one is full, and has the full one sealed."""
        rows = self._part.next_seq - self._part.first_seq
        if rows < self._segment_rows and self._part.size < self._segment_bytes:
            return
        path = part_path(self.folder, self._part.number + 1)
        opened = OpenPart.create(path, self._part.next_seq)
        self._part.close()
        self._part = opened
        self._records.blocks.append(opened)
        self._seal_closed()

    def _seal_closed(self) -> None:
        """Seals every closed part, unless that is under way."""
        if not self._sealing:
            self._seal(self._records.blocks[:-1])

    def _seal(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Part) and block.next_seq > block.first_seq:
                self._sealing.append(self._sealer.submit(_seal, block, self.folder))

    def _adopt_sealed(self) -> None:
        """Reads from the segments that are done, and drops the parts they were made from."""
        while self._sealing and self._sealing[0].done():
            done = self._sealing.pop(0)
            error = done.exception()
            if isinstance(error, OSError):
                self.sealing_error = str(error)
                continue
            segment = done.result()
            self._records.replace(segment)
            self.sealing_error = ""
            with suppress(OSError):  # what is left of it is noticed and dropped at the next opening
                part_path(self.folder, segment.number).unlink()


def read_batches(
    folder: Path, columns: Sequence[str] | None = None, since: int = 0
) -> Iterator[pa.RecordBatch]:
    """The rows of a run from event `since` on, while it may be written by another process.

    Args:
        folder: of the run.
        columns: names of the columns wanted (`evo.store.schema.COLUMNS`); all unless given.
        since: number of the first event wanted.

    Raises:
        JournalCorrupt: something other than the end of the last part is damaged.
        RunError: `folder` is not a run.
    """
    yield from Records(Path(folder), load_for_reading(Path(folder))).batches(columns, since)


def read_events(folder: Path, since: int = 0, columns: Sequence[str] | None = None) -> Iterator[Event]:
    """The events of a run from number `since` on, as far as they are written when this is called.

    Never locks or delays the run's writer. Without some `columns`, such as `evo.store.schema.WITHOUT_BULK`
    has, what they hold is empty in the events. Errors as of `read_batches`.
    """
    for batch in read_batches(folder, columns, since):
        yield from decode(batch)


def _take_lock(folder: Path) -> int:
    """Locks the run for as long as the returned descriptor is open.

    Raises:
        RunError: another one has it.
    """
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except BlockingIOError:
        owner = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(lock)
        raise RunError(
            f"{folder} is in use by process {owner}. Wait for it, stop it, or give another run.dir."
        ) from None
    except BaseException:
        os.close(lock)
        raise
    return lock


def _continued(folder: Path, blocks: Sequence[Block]) -> OpenPart:
    """The part that the next events go to."""
    last = blocks[-1] if blocks else None
    if isinstance(last, Part) and last.frames:
        part = OpenPart(last.path, last.number, last.frames)
        part.cut_back()
        return part
    if isinstance(last, Part):
        return OpenPart.create(last.path, last.first_seq)
    number, next_seq = (last.number + 1, last.next_seq) if last else (0, 0)
    return OpenPart.create(part_path(folder, number), next_seq)


def _summary(found: Opening, records: Records) -> Recovery:
    missing = records.locations.missing
    notes = list(found.notes)
    if missing:
        notes.append(f"{found.folder}: {missing} events are missing for good.")
    return Recovery(
        rows=records.next_seq - missing,
        missing=missing,
        torn_bytes=found.torn_bytes,
        set_aside=tuple(found.set_aside),
        warning="\n".join(notes),
    )


def _seal(part: Part, folder: Path) -> Segment:
    """Makes a segment of a closed part and reads it back; the part stays.

    Raises:
        OSError: it cannot be written, or does not read back the same.
    """
    path = segment_path(folder, part.number)
    temporary = write_segment(path, part.first_seq, part.batches())
    if not holds(Segment.load(temporary), part.batches()):
        temporary.unlink()
        raise OSError(f"{temporary} does not read back as it was written")
    publish(temporary, path)
    sync_folder(path.parent)
    return Segment.load(path)
