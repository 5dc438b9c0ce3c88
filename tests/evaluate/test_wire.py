"""Values survive the wire; malformed bytes are refused and never run, unpickled or waited for."""

import math
import pickle
import struct
import time
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evo.evaluate.inside import wire
from evo.evaluate.inside.wire import FrameReader, WireError, as_json, frame, pack, unpack

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TYPES = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes()
    | hnp.floating_dtypes(sizes=(16, 32, 64))
    | hnp.complex_number_dtypes(sizes=(64, 128))
    | hnp.unicode_string_dtypes(max_len=4)
)
ARRAYS = TYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def raw(text: bytes, *arrays: bytes) -> bytes:
    """A value with a tree of our own choice."""
    parts = [text, *arrays]
    return struct.pack(f"<{len(parts) + 1}I", len(parts), *map(len, parts)) + b"".join(parts)


def npy(array: np.ndarray, **keywords: object) -> bytes:
    buffer = BytesIO()
    np.lib.format.write_array(buffer, array, **keywords)
    return buffer.getvalue()


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and list(one) == list(other)
            and all(same(one[key], other[key]) for key in one)
        )
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return type(one) is type(other) and one == other


class TestValues:
    @UNHURRIED
    @given(VALUES)
    def test_come_back_as_they_were(self, value: object):
        assert same(value, unpack(pack(value)))

    def test_tuples_come_back_as_lists_and_numpy_scalars_as_plain_ones(self):
        sent = (1, np.float64(0.1), {"n": np.int32(7), "b": np.bool_(True)}, np.float32(0.5), np.str_("s"))
        assert unpack(pack(sent)) == [1, 0.1, {"n": 7, "b": True}, 0.5, "s"]

    def test_arrays_of_objects_become_lists(self):
        assert unpack(pack(np.array([1, None, "x"], dtype=object))) == [1, None, "x"]

    def test_arrays_in_any_order_and_stride(self):
        grid = np.arange(24.0).reshape(4, 6)
        for array in (grid.T, grid[::2, ::-1], np.asfortranarray(grid), grid.astype(">f8")):
            assert np.array_equal(unpack(pack(array)), array)

    @pytest.mark.parametrize(
        "value",
        [
            {1, 2},
            b"bytes",
            object(),
            1j,
            iter([]),
            np.datetime64("2020"),
            np.array(["2020"], dtype="M8[D]"),
            np.zeros(2, dtype=[("a", int)]),
            {(1, 2): 3},
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_of_other_types_are_refused(self, value: object):
        with pytest.raises(WireError):
            pack(value)

    def test_a_set_is_told_to_be_a_list(self):
        with pytest.raises(WireError, match="return a list"):
            pack({"chosen": {1, 2}})

    def test_that_hold_themselves_are_refused(self):
        loop: list[object] = []
        loop.append(loop)
        deep: list[object] = []
        for _ in range(100_000):
            deep = [deep]
        for value in (loop, deep, 10**5000):
            with pytest.raises(WireError):
                pack(value)

    def test_json_of_what_was_claimed(self):
        assert (
            as_json(unpack(pack({"a": np.eye(2), "b": (1, "x")})))
            == '{"a":[[1.0,0.0],[0.0,1.0]],"b":[1,"x"]}'
        )


class TestMalformed:
    @UNHURRIED
    @given(st.binary(max_size=200))
    def test_bytes_raise_one_error_and_nothing_else(self, data: bytes):
        with suppress(WireError):
            unpack(data)

    @settings(UNHURRIED, max_examples=300)
    @given(VALUES, st.data())
    def test_a_flipped_byte_raises_one_error_or_another_value(self, value: object, data: st.DataObject):
        packed = bytearray(pack(value))
        packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
        with suppress(WireError):
            unpack(bytes(packed))

    @pytest.mark.parametrize(
        "tree",
        [
            b"", b"{", b"[1,]", b"nul", b'{"a":1,"a":2}', b"\xff\xfe", b'"\xed\xa0\x80"', b"1" * 2000, b"[0." + b"1" * 2000 + b"]",
            b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b"[" * 70 + b"]" * 70,
            b'{"__array__":0}', b'{"__array__":-1}', b'{"__array__":"0"}', b'{"__array__":true}', b'{"__array__":1e3}',
        ],
    )  # fmt: skip
    def test_trees_are_refused(self, tree: bytes):
        with pytest.raises(WireError):
            unpack(raw(tree))

    def test_digits_in_text_are_no_number(self):
        digits = "0123456789" * 500
        assert unpack(pack([digits, 12])) == [digits, 12]

    @pytest.mark.parametrize(
        "array",
        [
            b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff", npy(np.zeros(3))[:-1], npy(np.zeros(3)) + b"\0",
            npy(np.zeros(3), version=(2, 0)), npy(np.array([{}]), allow_pickle=True), npy(np.zeros(2, dtype=[("a", "i4")])),
            npy(np.zeros(3)).replace(b"(3,)", b"(9,)"), npy(np.zeros(3)).replace(b"(3,)", b"(99999999999999999999,)"),
            npy(np.zeros(3)).replace(b"'<f8'", b"'|O8'"), npy(np.zeros(3)).replace(b"'<f8'", b"'<V8'"), npy(np.zeros(0)).replace(b"'<f8'", b"'<U0'"),
            npy(np.zeros(3)).replace(b"False", b"F()()"), npy(np.zeros((0,))).replace(b"(0,)", b"(0, 0, 0, 9999999)"),
        ],
    )  # fmt: skip
    def test_arrays_are_refused(self, array: bytes):
        with pytest.raises(WireError):
            unpack(raw(b'{"__array__":0}', array))

    def test_an_array_is_used_once(self):
        with pytest.raises(WireError):
            unpack(raw(b'[{"__array__":0},{"__array__":0}]', npy(np.zeros(3))))

    def test_nothing_is_unpickled(self, tmp_path):
        class Trap:
            def __reduce__(self):
                return (open, (str(tmp_path / "sprung"), "w"))

        for data in (
            pickle.dumps(Trap()),
            raw(b'{"__array__":0}', npy(np.array([Trap()]), allow_pickle=True)),
        ):
            with pytest.raises(WireError):
                unpack(data)
        assert not list(tmp_path.iterdir())

    def test_a_claim_of_full_size_is_read_quickly(self):
        many = b"[" + b"[]," * 340_000 + b"[]]"
        for tree in (
            many,
            b'"' + b"x" * 10**6 + b'"',
            b"[" + b"1e999," * 150_000 + b"0]",
            b"[" + b"9" * 900 + b"]",
        ):
            start = time.process_time()
            unpack(raw(tree))
            assert time.process_time() - start < 5.0


class TestFrames:
    @UNHURRIED
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([wire.CLAIM, wire.FAILED]), st.integers(0, 2**32 - 1), st.binary(max_size=50)
            )
        ),
        st.integers(1, 20),
    )
    def test_come_out_whole_however_they_are_cut(self, frames: list[tuple[int, int, bytes]], step: int):
        stream = b"".join(frame(*parts) for parts in frames)
        reader = FrameReader({wire.CLAIM: 50, wire.FAILED: 50})
        found = [f for at in range(0, len(stream), step) for f in reader.feed(stream[at : at + step])]
        assert [(f.kind, f.case, f.body) for f in found] == frames

    def test_over_the_limit_are_refused_before_they_arrive(self):
        with pytest.raises(WireError, match="at most 10"):
            list(FrameReader({wire.CLAIM: 10}).feed(frame(wire.CLAIM, 0, b"x" * 11)[:9]))

    def test_of_another_kind_are_refused(self):
        for kind in (0, wire.PROGRAM, wire.CASE, 255):
            with pytest.raises(WireError):
                list(FrameReader({wire.CLAIM: 10}).feed(frame(kind, 0, b"")))
