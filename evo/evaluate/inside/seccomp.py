"""The system call filter: a small program that the kernel runs at each call of a candidate.

It allows what a numerical Python program needs, refuses the rest, and looks at the arguments where
a call is harmless only in part: threads but no processes, signals to itself alone.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst; include/uapi/linux/bpf_common.h.
"""

import ctypes
import errno
import os
import platform
import struct
from typing import NamedTuple

from . import kernel, syscalls

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # calls of the x32 ABI carry this bit beside a native architecture
_OWN_PID = -1  # stands for the pid of the process that installs the filter

_THREAD = 0x10000
_NEW_NAMESPACES = 0x7E020080
_TRUNCATE, _ACCESS_MODE = 0o1000, 0o3

_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)  # copies, flags and locks; no owner, signal or lease
_IOCTL = (
    0x5401,
    0x5413,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # is it a terminal, how wide; FIONREAD, FIONBIO, FIO(N)CLEX
_PRCTL = (3, 15, 16, 0x53564D41)  # is it dumpable, names of threads and of memory


class _Step(NamedTuple):
    code: int
    true: int
    false: int
    value: int


_Block = tuple[_Step, ...]


def _answer(value: int) -> _Block:
    return (_Step(_RETURN, 0, 0, value),)


_ALLOW = _answer(0x7FFF0000)
_KILL = _answer(0x80000000)
_REFUSE = _answer(0x00050000 | errno.EPERM)
_MISSING = _answer(0x00050000 | errno.ENOSYS)


class Filter:
    """The filter for one architecture, made once and installed in every candidate's process.

    Raises:
        OSError: the architecture is unknown.
    """

    def __init__(self, machine: str | None = None) -> None:
        self._machine = machine or platform.machine()
        self._seccomp = syscalls.numbers(self._machine)[2]["seccomp"]
        self._steps = _program(self._machine)
        words = [struct.pack("=HBBI", s.code, s.true, s.false, max(s.value, 0)) for s in self._steps]
        self._code = ctypes.create_string_buffer(b"".join(words), 8 * len(words))
        self._pid_offsets = [8 * i + 4 for i, step in enumerate(self._steps) if step.value == _OWN_PID]

    def __len__(self) -> int:
        return len(self._steps)

    def answer(self, number: int, arguments: tuple[int, ...] = (), audit: int | None = None) -> int:
        """What the kernel would be told for a call: the filter run by hand, for tests."""
        data = [0] * 16
        data[0], data[1] = number, _AUDIT[self._machine] if audit is None else audit
        for i, argument in enumerate(arguments):
            data[4 + 2 * i] = argument & 0xFFFFFFFF
        at, loaded = 0, 0
        while True:
            code, true, false, value = self._steps[at]
            value = os.getpid() if value == _OWN_PID else value
            at += 1
            if code == _RETURN:
                return value
            if code == _LOAD:
                loaded = data[value // 4]
            elif code == _AND:
                loaded &= value
            elif code == _JUMP:
                at += value
            else:
                holds = {_EQUAL: loaded == value, _AT_LEAST: loaded >= value, _ANY_BIT: bool(loaded & value)}
                at += true if holds[code] else false

    def install(self) -> None:
        """Puts the calling thread under the filter, for good; needs no_new_privs.

        Raises:
            OSError: the kernel has no seccomp filters, or an outer sandbox forbids them.
        """
        pid = struct.pack("=I", os.getpid())
        for offset in self._pid_offsets:
            ctypes.memmove(ctypes.addressof(self._code) + offset, pid, 4)
        program = struct.pack("@HP", len(self._steps), ctypes.addressof(self._code))
        kernel.call(self._seccomp, 1, 0, program)


def _program(machine: str) -> list[_Step]:
    free, checked, refused = syscalls.numbers(machine)
    actions = dict.fromkeys(refused.values(), _REFUSE) | dict.fromkeys(free.values(), _ALLOW)
    checks = _checks()
    actions |= {number: checks[name] for name, number in checked.items()}
    starts: list[tuple[int, _Block]] = []  # (first number, what holds from there on)
    for number in range(max(actions) + 2):
        action = actions.get(number, _MISSING)
        if not starts or starts[-1][1] != action:
            starts.append((number, action))
    head = [
        _Step(_LOAD, 0, 0, _ARCHITECTURE),
        _Step(_EQUAL, 1, 0, _AUDIT[machine]),
        *_KILL,
        _Step(_LOAD, 0, 0, _NUMBER),
        _Step(_AT_LEAST, 0, 1, _X32),
        *_KILL,
    ]
    return head + _search(starts)


def _search(starts: list[tuple[int, _Block]]) -> list[_Step]:
    """Steps that find the last of `starts` that is not above the number, by halving."""
    if len(starts) == 1:
        return list(starts[0][1])
    middle = len(starts) // 2
    low, high = _search(starts[:middle]), _search(starts[middle:])
    # Conditional jumps reach 255 steps only, so a plain jump carries the long way.
    return [_Step(_AT_LEAST, 0, 1, starts[middle][0]), _Step(_JUMP, 0, 0, len(low)), *low, *high]


def _checks() -> dict[str, _Block]:
    only_itself = _one_of(0, (_OWN_PID,))
    return {
        "clone": (
            _load(0),
            _Step(_ANY_BIT, 0, 2, _THREAD),
            _Step(_ANY_BIT, 1, 0, _NEW_NAMESPACES),
            *_ALLOW,
            *_REFUSE,
        ),
        "kill": only_itself,
        "tgkill": only_itself,
        "prlimit64": _one_of(0, (0,)),
        "prctl": _one_of(0, _PRCTL),
        "ioctl": _one_of(1, _IOCTL),
        "fcntl": _one_of(1, _FCNTL),
        "open": _no_truncation_while_reading(1),
        "openat": _no_truncation_while_reading(2),
    }


def _load(argument: int) -> _Step:
    return _Step(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)


def _one_of(argument: int, values: tuple[int, ...]) -> _Block:
    """Allows the call if the lower half of `argument` is one of `values`."""
    steps = [_load(argument)]
    for value in values:
        steps += [_Step(_EQUAL, 0, 1, value), *_ALLOW]
    return (*steps, *_REFUSE)


def _no_truncation_while_reading(flags: int) -> _Block:
    """Old landlock lets a file that may be read be emptied by opening it so."""
    return (
        _load(flags),
        _Step(_ANY_BIT, 0, 3, _TRUNCATE),
        _Step(_AND, 0, 0, _ACCESS_MODE),
        _Step(_EQUAL, 0, 1, os.O_RDONLY),
        *_REFUSE,
        *_ALLOW,
    )
