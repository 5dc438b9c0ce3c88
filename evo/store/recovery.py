"""What an opening of a run finds in its files, and how damage is told from a crash.

A crash can only tear the end of the last part. All other damage means that bytes changed after they
were acknowledged: the writer then refuses, and mends only when asked to. Nothing is overwritten
or removed without a copy below ``damaged/``.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from evo.errors import JournalCorrupt, RunError
from evo.store.disk import TEMPORARY, publish, set_aside, sync_folder, write_temporary
from evo.store.frame import Frame, Kind, Scan, pack
from evo.store.part import NONCE_BYTES, Part
from evo.store.records import Block, part_path, segment_path
from evo.store.schema import SCHEMA_VERSION, missing
from evo.store.segment import Segment, holds, write_segment


@dataclass(frozen=True, slots=True)
class Recovery:
    """What opening a run came upon.

    Attributes:
        rows: events that can be read.
        missing: events that damage has taken, now or in an earlier recovery.
        torn_bytes: what a crash left of a frame that was never acknowledged.
        set_aside: copies of damaged bytes, below ``damaged/``.
        warning: the same in words, a line each; empty if all was well.
    """

    rows: int = 0
    missing: int = 0
    torn_bytes: int = 0
    set_aside: tuple[Path, ...] = ()
    warning: str = ""


class Opening:
    """Loads the blocks of a run for its writer, who holds the lock, and mends what needs it.

    Attributes:
        blocks: what was loaded.
        torn_bytes, set_aside, notes: see `Recovery`.
    """

    def __init__(self, folder: Path, *, recover: bool = False) -> None:
        self.folder = folder
        self.recover = recover
        self.blocks: list[Block] = []
        self.torn_bytes = 0
        self.set_aside: list[Path] = []
        self.notes: list[str] = []

    def load(self) -> list[Block]:
        """Every block in order, whole.

        Raises:
            JournalCorrupt: something is damaged, and it was not asked to recover.
            OSError: what has to be mended cannot be written.
        """
        for stale in chain(*(self.folder.glob(f"{sub}/*{TEMPORARY}") for sub in ("journal", "archive"))):
            stale.unlink()
        count = _count(self.folder)
        for number in range(count):
            self.blocks.append(self._block(number, is_last=number == count - 1))
        return self.blocks

    @property
    def _expected(self) -> int:
        return self.blocks[-1].next_seq if self.blocks else 0

    def _block(self, number: int, *, is_last: bool) -> Block:
        segment, part = segment_path(self.folder, number), part_path(self.folder, number)
        if segment.exists():
            return self._both(segment, part) if part.exists() else self._segment(segment)
        if part.exists():
            return self._part(part, is_last=is_last)
        self._refuse(f"{part} is gone, and there is no {segment}")
        return self._mend_part(part, b"", [])

    def _both(self, segment: Path, part: Path) -> Block:
        """A crash fell between naming a segment and dropping its part, or one of them is damaged."""
        data = segment.read_bytes()
        journal, found = Part.load(part)
        try:
            sealed = Segment.load(segment, data)
            damage = sealed.damage(data)
        except JournalCorrupt as error:
            damage = [str(error)]
        if damage and found.is_whole and found.frames:
            self._keep(segment, data, f"{damage[0]}; its part of the journal is whole and stands in")
            segment.unlink()
            return journal
        if damage:
            self._refuse(f"{segment} and {part} are both damaged")
            self._keep(part, part.read_bytes(), "it is damaged like its sealed segment")
        elif not found.is_whole:
            self._keep(part, part.read_bytes(), "it is damaged; its sealed segment is whole")
        elif not holds(sealed, journal.batches()):
            self._refuse(f"{part} and {segment} hold different events")
            self._keep(part, part.read_bytes(), "it differs from its sealed segment, which is whole")
        part.unlink()
        sync_folder(part.parent)
        return self._segment(segment)

    def _segment(self, path: Path) -> Block:
        data = path.read_bytes()
        try:
            segment = Segment.load(path, data)
        except JournalCorrupt as error:
            self._refuse(str(error))
            self._keep(path, data, "none of it can be read")
            empty = self._mend_part(part_path(self.folder, int(path.stem)), b"", [])
            path.unlink()
            return empty
        damage = segment.damage(data)
        if segment.first_seq != self._expected:
            damage.insert(0, _hole(segment.first_seq, self._expected))
        if not damage:
            return segment
        self._refuse(f"{path}: {'; '.join(damage)}")
        if segment.first_seq < self._expected:
            raise JournalCorrupt(f"{path} repeats events from {segment.first_seq} on; remove one of the two.")
        self._keep(path, data, "; ".join(damage))
        lost = segment.first_seq - self._expected
        front = [missing(self._expected, lost)] if lost else []
        publish(write_segment(path, self._expected, chain(front, segment.good_batches(data))), path)
        return Segment.load(path)

    def _part(self, path: Path, *, is_last: bool) -> Part:
        data = path.read_bytes()
        part, found = Part.load(path, self._expected)
        starts_well = bool(found.frames) and found.frames[0].kind == Kind.OPENING
        if starts_well and part.first_seq == self._expected:
            if found.is_whole:
                return part
            if is_last and found.torn_at is not None:
                self._tear(path, data, found.torn_at)
                return part
        elif is_last and not found.frames:
            self._tear(path, data, 0)
            return part
        what = _describe(path, found, self._expected)
        self._refuse(what)
        self._keep(path, data, what)
        return self._mend_part(path, data, found.frames)

    def _tear(self, path: Path, data: bytes, start: int) -> None:
        if len(data) > start:
            self.torn_bytes += len(data) - start
            what = f"the last {len(data) - start} bytes are no whole frame, as a crash leaves them"
            self._keep(path, data[start:], what, f"{path.name}.from-byte-{start}")

    def _mend_part(self, path: Path, data: bytes, frames: Sequence[Frame]) -> Part:
        """Rewrites a part with its good frames, and with frames that stand for what lies between."""
        nonce = frames[0].nonce if frames else secrets.token_bytes(NONCE_BYTES)
        at = self._expected
        pieces = [_empty(Kind.OPENING, nonce, at, 0)]
        for frame in frames:
            if frame.seq > at:
                pieces.append(_empty(Kind.MISSING, nonce, at, frame.seq - at))
            if frame.kind != Kind.OPENING and frame.seq >= at:
                pieces.append(data[frame.start : frame.end])
            at = max(at, frame.next_seq)
        publish(write_temporary(path, b"".join(pieces)), path)
        return Part.load(path)[0]

    def _keep(self, path: Path, data: bytes, why: str, name: str = "") -> None:
        copy = set_aside(self.folder, name or path.name, data)
        self.set_aside.append(copy)
        self.notes.append(f"{path}: {why}. A copy is in {copy}.")

    def _refuse(self, what: str) -> None:
        if not self.recover:
            raise JournalCorrupt(corrupt(what, self.folder))


def load_for_reading(folder: Path) -> list[Block]:
    """The blocks of a run as they are, without locking or changing anything, while it may be written.

    Raises:
        JournalCorrupt: something other than the end of the last part is damaged.
        RunError: `folder` is not a run.
    """
    count, blocks = _count(folder), list[Block]()
    for number in range(count):
        block = _readable(folder, number, is_last=number == count - 1)
        if block is None:
            break
        expected = blocks[-1].next_seq if blocks else 0
        if block.first_seq != expected:
            raise JournalCorrupt(corrupt(f"{block.path}: {_hole(block.first_seq, expected)}", folder))
        blocks.append(block)
    return blocks


def corrupt(what: str, folder: Path) -> str:
    """The message for damage, with the way out."""
    return (
        f"{what}: it was changed after it was written. To keep all that is good, count what is lost and "
        f"set the damaged bytes aside: evo resume {folder} --recover"
    )


def _count(folder: Path) -> int:
    """How many blocks a run has."""
    if not (folder / "journal").is_dir() and not (folder / "archive").is_dir():
        raise RunError(f"{folder} is not a run: it has no journal and no archive. Runs are listed by: evo ls")
    # The journal first: a part that is sealed between the two listings is then in both, not in none.
    names = [*(folder / "journal").glob("*.journal"), *(folder / "archive").glob("*.parquet")]
    return 1 + max((int(path.stem) for path in names), default=-1)


def _readable(folder: Path, number: int, *, is_last: bool) -> Block | None:
    """Segment or part `number`, or None if the writer has only begun to make it."""
    part = part_path(folder, number)
    for _ in range(2):  # a part that is not there any more was sealed a moment ago
        try:
            return Segment.load(segment_path(folder, number))
        except FileNotFoundError:
            pass
        try:
            # Again if it looks damaged: the writer may just have taken a failed frame back.
            found, scan = Part.load(part)
            if not scan.is_whole and scan.torn_at is None:
                found, scan = Part.load(part)
        except FileNotFoundError:
            continue
        begun = is_last and not found.frames
        torn = is_last and scan.torn_at is not None
        if not begun and not torn and not (scan.is_whole and found.frames):
            raise JournalCorrupt(corrupt(_describe(part, scan, found.first_seq), folder))
        return None if begun else found
    raise JournalCorrupt(corrupt(f"{part} is gone, and there is no {segment_path(folder, number)}", folder))


def _empty(kind: Kind, nonce: bytes, seq: int, rows: int) -> bytes:
    return pack(kind, b"", nonce=nonce, seq=seq, rows=rows, version=SCHEMA_VERSION)


def _describe(path: Path, found: Scan, expected: int) -> str:
    if not found.damaged:
        return f"{path}: {_hole(found.frames[0].seq if found.frames else expected, expected)}"
    start, end = found.damaged[0].start, found.damaged[0].end
    after = [frame for frame in found.frames if frame.start >= end]
    rows = sum(frame.rows for frame in after)
    more = f" and in {len(found.damaged) - 1} more places" if len(found.damaged) > 1 else ""
    return (
        f"{path} is damaged at byte {start} ({end - start} bytes){more}, "
        f"and {len(after)} good frames with {rows} events follow"
    )


def _hole(first_seq: int, expected: int) -> str:
    if first_seq == expected:
        return "events were cut out of it"
    return f"it begins with event {first_seq}, and event {expected} comes next"
