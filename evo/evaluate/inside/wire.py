"""What goes over the wire between judge and candidate: JSON and .npy bytes, in bounded frames.

Nothing that is read here is ever unpickled, evaluated or imported. A value is packed as a JSON
tree in which an array stands as ``{"__array__": k}``, followed by the k-th array as .npy.
"""

import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

MAX_DEPTH = 64
"""Levels of nesting in a value that was read."""
MAX_ARRAYS = 4096
"""Arrays in one value."""
MAX_DIGITS = 1000
"""Digits of a number that was read: more would make the judge's arithmetic slow."""

READY, PROGRAM, CASE, CLAIM, FAILED, REQUEST, ANSWER = range(1, 8)
"""Kinds of frame: the jail stands; the candidate's files; inputs; an output; why there is none; a request
of a candidate that asks while it works on a case, and its answer, which have a number in the case's place."""

_HEADER = struct.Struct("<BII")  # kind, case, length of the body
_COUNT = struct.Struct("<I")
_MARK = "__array__"
_MAGIC = b"\x93NUMPY\x01\x00"
_NPY_HEADER = re.compile(
    r"\{'descr': '(?P<descr>[<>|](?:b1|[iu][1248]|f[248]|c8|c16|[SU]\d{1,6}))', "
    r"'fortran_order': (?P<fortran>True|False), 'shape': \((?P<shape>[0-9, ]{0,400})\), \} *\n"
)
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))


class WireError(ValueError):
    """The bytes are not what the protocol allows, or the value cannot be packed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: `case` is the number of the case it belongs to."""

    kind: int
    case: int
    body: bytes


def frame(kind: int, case: int, body: bytes) -> bytes:
    """The bytes of one frame."""
    return _HEADER.pack(kind, case, len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into frames.

    Args:
        limits: kind -> most bytes of its body; other kinds are refused.
    """

    def __init__(self, limits: Mapping[int, int]) -> None:
        self._limits = limits
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes.

        Raises:
            WireError: a kind that is not expected, or a body over its limit.
        """
        self._bytes += data
        while len(self._bytes) >= _HEADER.size:
            kind, case, length = _HEADER.unpack_from(self._bytes)
            if kind not in self._limits:
                raise WireError("bytes on the claim channel that are no claim")
            if length > self._limits[kind]:
                raise WireError(f"a claim of {length} bytes; at most {self._limits[kind]} are taken")
            end = _HEADER.size + length
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[_HEADER.size : end])
            del self._bytes[:end]
            yield Frame(kind, case, body)


def pack(value: Any) -> bytes:
    """`value` as bytes: JSON values, NumPy scalars and arrays, in lists, tuples and dicts.

    Raises:
        WireError: something in `value` is of another type, or nested too deep.
    """
    arrays: list[bytes] = []

    def replace(item: Any) -> Any:
        if isinstance(item, np.generic):
            return _plain_scalar(item)
        if isinstance(item, np.ndarray):
            if item.dtype.hasobject:
                return item.tolist()
            arrays.append(_npy(item))
            return {_MARK: len(arrays) - 1}
        raise WireError(_cannot_pack(item))

    try:
        tree = json.dumps(value, default=replace, separators=(",", ":")).encode("ascii")
    except RecursionError:
        raise WireError(f"a value nested deeper than {MAX_DEPTH} levels") from None
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, WireError) else WireError(str(error)) from None
    sections = [tree, *arrays]
    lengths = b"".join(_COUNT.pack(len(section)) for section in sections)
    return b"".join([_COUNT.pack(len(sections)), lengths, *sections])


def unpack(data: bytes) -> Any:
    """The value that `pack` made `data` from; tuples come back as lists, keys as text.

    Infinite and NaN floats are passed on: it is for the judge to refuse them.

    Raises:
        WireError: `data` is malformed, too deeply nested, or holds a number with too many digits.
    """
    sections = _sections(data)
    tree = sections[0]
    used: list[bool] = [False] * (len(sections) - 1)

    def object_of(pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) == 1 and pairs[0][0] == _MARK:
            return array_of(pairs[0][1])
        found = dict(pairs)
        if len(found) != len(pairs):
            raise WireError("an object with the same key twice")
        return found

    def array_of(number: Any) -> np.ndarray:
        if type(number) is not int or not 0 <= number < len(used) or used[number]:
            raise WireError("a reference to an array that is not there")
        used[number] = True
        return _array(sections[number + 1])

    hooks: dict[str, Any] = {}
    if _LONG_NUMBER.search(tree):  # seldom: the hook costs a call per number
        hooks = {"parse_int": _bounded_int, "parse_float": _bounded_float}
    try:
        value = json.loads(tree.decode("utf-8"), object_pairs_hook=object_of, **hooks)
    except RecursionError:
        raise WireError(f"a value nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:  # UnicodeDecodeError, JSONDecodeError, WireError
        raise error if isinstance(error, WireError) else WireError(f"not JSON: {error}") from None
    if tree.count(b"[") + tree.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    return value


def as_json(value: Any) -> str:
    """`value`, as `unpack` gives it, as JSON text; arrays become nested lists."""
    return json.dumps(value, default=_array_to_lists, separators=(",", ":"))


def _array_to_lists(item: Any) -> Any:
    if isinstance(item, np.ndarray) and item.dtype.kind == "c":
        return [item.real.tolist(), item.imag.tolist()]
    if isinstance(item, np.ndarray) and item.dtype.kind == "S":
        return item.astype("U").tolist()
    if isinstance(item, np.ndarray):
        return item.tolist()
    raise TypeError(f"{type(item).__name__} is not JSON")


def _plain_scalar(item: np.generic) -> bool | int | float | str:
    if isinstance(item, np.bool_):
        return bool(item)
    if isinstance(item, np.integer) and not isinstance(item, np.timedelta64):
        return int(item)
    if isinstance(item, np.floating):
        return float(item)
    raise WireError(_cannot_pack(item))


def _cannot_pack(item: Any) -> str:
    name = type(item).__name__
    hint = "; return a list" if isinstance(item, set | frozenset) or hasattr(item, "__next__") else ""
    return f"a value of type {name}: numbers, text, lists, dicts and NumPy arrays can be returned{hint}"


def _npy(array: np.ndarray) -> bytes:
    if array.dtype.kind not in "biufcSU" or array.dtype.itemsize == 0 or array.dtype.char in "gG":
        raise WireError(f"an array of type {array.dtype}: numbers, truth values and text can be returned")
    buffer = BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> np.ndarray:
    """The array in .npy bytes, read without `eval` and without trusting its header for memory."""
    start = len(_MAGIC) + 2
    if data[: len(_MAGIC)] != _MAGIC or len(data) < start:
        raise WireError("an array that is not .npy version 1.0")
    body = start + int.from_bytes(data[len(_MAGIC) : start], "little")
    header = _NPY_HEADER.fullmatch(data[start:body].decode("latin-1"))
    if header is None:
        raise WireError("an array with a header that is not taken")
    shape = tuple(int(size) for size in header["shape"].replace(" ", "").split(",") if size)
    dtype = np.dtype(header["descr"])
    if len(shape) > 32 or any(size > len(data) for size in shape):
        raise WireError("an array with a shape that is not taken")
    if math.prod(shape) * dtype.itemsize != len(data) - body or dtype.itemsize == 0:
        raise WireError("an array whose bytes do not fill its shape")
    order: Any = "F" if header["fortran"] == "True" else "C"
    return np.frombuffer(data, dtype, offset=body).reshape(shape, order=order)


def _sections(data: bytes) -> list[bytes]:
    if len(data) < _COUNT.size:
        raise WireError("an empty value")
    (count,) = _COUNT.unpack_from(data)
    start = _COUNT.size * (count + 1)
    if not 1 <= count <= MAX_ARRAYS + 1 or len(data) < start:
        raise WireError("a value with a wrong number of parts")
    lengths = struct.unpack_from(f"<{count}I", data, _COUNT.size)
    if start + sum(lengths) != len(data):
        raise WireError("a value whose parts do not fill it")
    sections = []
    for length in lengths:
        sections.append(data[start : start + length])
        start += length
    return sections


def _bounded_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise WireError(f"a number with more than {MAX_DIGITS} digits")
    return int(digits)


def _bounded_float(digits: str) -> float:
    if len(digits) > MAX_DIGITS:
        raise WireError(f"a number with more than {MAX_DIGITS} digits")
    return float(digits)


def _check_depth(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            item
            for holder in level
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, list | dict)
        ]
        if not level:
            return
    raise WireError(f"a value nested deeper than {MAX_DEPTH} levels")
