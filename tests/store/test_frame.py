"""Frames: no flipped bit passes, and what is good is found again behind damage."""

import random

import pytest

from evo.store.frame import HEADER_BYTES, MAX_PAYLOAD, Damage, Kind, pack, read, scan

NONCE = b"8 bytes!"


def frame(seq: int, rows: int = 1, payload: bytes = b"payload.", nonce: bytes = NONCE) -> bytes:
    return pack(Kind.EVENTS, payload, nonce=nonce, seq=seq, rows=rows, version=1)


def test_a_frame_comes_back() -> None:
    data = frame(5, 3, b"abcdefgh")
    found = read(data, 0)
    assert found is not None
    assert (found.seq, found.next_seq, found.kind, found.version, found.nonce) == (
        5,
        8,
        Kind.EVENTS,
        1,
        NONCE,
    )
    assert bytes(found.payload(data)) == b"abcdefgh"
    assert found.end == len(data) == HEADER_BYTES + 8


def test_every_single_flipped_bit_is_noticed() -> None:
    data = frame(5, 3, b"some payload of a frame.")
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert read(bytes(flipped), 0) is None, f"bit {bit}"


def test_every_cut_is_noticed() -> None:
    data = frame(0)
    assert all(read(data[:n], 0) is None for n in range(len(data)))


def test_a_scan_accounts_for_every_byte() -> None:
    frames = [frame(i, payload=bytes([i]) * 8 * (i + 1)) for i in range(20)]
    data = b"".join(frames)
    rng = random.Random(0)
    for _ in range(200):
        damaged = bytearray(data)
        start = rng.randrange(len(data))
        for i in range(start, min(len(data), start + rng.randint(1, 200))):
            damaged[i] = rng.randrange(256)
        found = scan(bytes(damaged))
        pieces = sorted([(f.start, f.end) for f in found.frames] + [(d.start, d.end) for d in found.damaged])
        assert [a for a, _ in pieces] == [0, *(b for _, b in pieces[:-1])]
        assert pieces[-1][1] == len(data)
        assert all(damaged[f.start : f.end] == frames[f.seq] for f in found.frames)
        assert len(found.frames) >= 20 - len([1 for f in range(20) if frames[f] not in bytes(damaged)])


def test_a_torn_end_is_not_taken_for_corruption() -> None:
    data = frame(0) + frame(1) + frame(2)
    assert scan(data).is_whole
    assert scan(data).torn_at is None
    cut = scan(data[:-3])
    assert (len(cut.frames), cut.torn_at) == (2, len(frame(0) + frame(1)))
    assert scan(data[:10]).torn_at == 0
    assert scan(b"").is_whole


def test_damage_before_good_frames_is_no_torn_end() -> None:
    data = bytearray(frame(0) + frame(1) + frame(2))
    data[60] ^= 1
    found = scan(bytes(data))
    assert (found.torn_at, found.damaged) == (None, [Damage(56, 112)])
    assert [f.seq for f in found.frames] == [0, 2]


def test_a_frame_cut_out_is_noticed() -> None:
    found = scan(frame(0) + frame(2))
    assert not found.damaged
    assert not found.is_whole
    assert found.torn_at is None


def test_a_frame_planted_in_a_payload_is_not_taken_for_one() -> None:
    """Candidates choose what is in a payload, but they do not know the nonce."""
    planted = frame(1, 9, b"forgery!", nonce=b"a guess.")
    data = bytearray(frame(0) + frame(1, payload=planted) + frame(2))
    data[len(frame(0)) + 8] ^= 1
    assert [(f.seq, f.rows) for f in scan(bytes(data)).frames] == [(0, 1), (2, 1)]


def test_a_payload_that_columns_cannot_address_is_refused() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return MAX_PAYLOAD + 8

    with pytest.raises(ValueError, match="append fewer events"):
        frame(0, payload=Huge())
