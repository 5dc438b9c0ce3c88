"""The kernel calls that Python has no name for, with errors as `OSError`."""

import ctypes
import os
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_LIBC.prctl.restype = ctypes.c_int

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: Any) -> int:
    """Makes the system call `number`; integers are passed as longs, buffers as pointers.

    Raises:
        OSError: the kernel refused.
    """
    longs = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    return _checked(_LIBC.syscall(ctypes.c_long(number), *longs))


def process_control(option: int, argument: int = 0) -> int:
    """``prctl(option, argument)``.

    Raises:
        OSError: the kernel refused.
    """
    return _checked(_LIBC.prctl(option, *(ctypes.c_ulong(item) for item in (argument, 0, 0, 0))))


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
