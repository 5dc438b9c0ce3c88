"""The unit of the journal: a frame with a checksum over its header and its payload.

A frame is a 48-byte header and a payload that is a multiple of 8 bytes long. The digest covers
everything but itself, so no flipped bit passes. Every frame of a part carries the same random
nonce: text that a candidate planted in its files is never taken for a frame, not even while a
damaged part is searched for what is still good.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b
from itertools import pairwise

MAGIC = b"EVOJ"
_FIELDS = struct.Struct("<4sHH8sQII")
_DIGEST = 16
HEADER_BYTES = _FIELDS.size + _DIGEST
MAX_PAYLOAD = 1 << 30
"""Bytes; Arrow addresses the text of one column with 31 bits."""


class Kind(IntEnum):
    """What a frame holds."""

    OPENING = 0
    """First frame of a part, empty; its `Frame.seq` is that of the first event to come."""
    EVENTS = 1
    """An Arrow record batch."""
    MISSING = 2
    """Empty: stands for events that damage has taken, so that the numbering has no hole."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that was found good. Offsets are in bytes from the start of the part.

    Attributes:
        version: of the schema its payload is written in.
        seq: number of its first event; events count up from 0 over the whole run.
        rows: how many events it holds.
    """

    version: int
    kind: int
    nonce: bytes
    seq: int
    rows: int
    start: int
    end: int

    @property
    def next_seq(self) -> int:
        """Number of the event that follows."""
        return self.seq + self.rows

    def payload(self, data: bytes) -> memoryview:
        """Its payload within `data`, the bytes of the part from the start on."""
        return memoryview(data)[self.start + HEADER_BYTES : self.end]


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a part that holds no good frame."""

    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """What was found in the bytes of a part: every byte is in one of the two."""

    frames: list[Frame] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)

    @property
    def torn_at(self) -> int | None:
        """Offset of a damaged end, as a crash leaves it, if that is all the damage; else None."""
        last = self.frames[-1].end if self.frames else 0
        if len(self.damaged) == 1 and self.damaged[0].start == last and self.is_gapless:
            return last
        return None

    @property
    def is_gapless(self) -> bool:
        """Whether each frame continues the one before it."""
        return all(after.seq == before.next_seq for before, after in pairwise(self.frames))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged and nothing was cut out."""
        return not self.damaged and self.is_gapless


def pack(kind: Kind, payload: bytes, *, nonce: bytes, seq: int, rows: int, version: int) -> bytes:
    """The bytes of one frame.

    Raises:
        ValueError: `payload` is larger than `MAX_PAYLOAD`.
    """
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(
            f"one append takes at most {MAX_PAYLOAD} bytes, got {len(payload)}; append fewer events at once"
        )
    head = _FIELDS.pack(MAGIC, version, kind, nonce, seq, rows, len(payload))
    return b"".join((head, _digest(head, payload), payload))


def read(data: bytes, start: int, nonce: bytes | None = None) -> Frame | None:
    """The frame that begins at `start`, or None if there is none whose digest is right.

    Args:
        data: bytes of a part.
        start: offset in `data`.
        nonce: of the part, if known: a frame with another one does not count.
    """
    body = start + HEADER_BYTES
    if body > len(data):
        return None
    head = data[start : start + _FIELDS.size]
    magic, version, kind, found, seq, rows, length = _FIELDS.unpack(head)
    if magic != MAGIC or body + length > len(data) or (nonce is not None and found != nonce):
        return None
    payload = memoryview(data)[body : body + length]
    if _digest(head, payload) != data[start + _FIELDS.size : body]:
        return None
    return Frame(version, kind, found, seq, rows, start, body + length)


def scan(data: bytes, start: int = 0, nonce: bytes | None = None) -> Scan:
    """Every good frame of a part, and what lies between them."""
    found = Scan()
    at = start
    for frame in _frames(data, start, nonce):
        if frame.start > at:
            found.damaged.append(Damage(at, frame.start))
        found.frames.append(frame)
        at = frame.end
    if at < len(data):
        found.damaged.append(Damage(at, len(data)))
    return found


def _frames(data: bytes, at: int, nonce: bytes | None) -> Iterator[Frame]:
    while at >= 0:
        frame = read(data, at, nonce)
        if frame is None:
            at = data.find(MAGIC, at + 1)
        else:
            yield frame
            at, nonce = frame.end, frame.nonce


def _digest(head: bytes, payload: bytes | memoryview) -> bytes:
    digest = blake2b(head, digest_size=_DIGEST)
    digest.update(payload)
    return digest.digest()
