# verdict: ok crashed
# score: 64
# needs: x86_64
"""Calls fork and socket under the numbers of the x32 interface."""
import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    pid = LIBC.syscall(0x40000000 + 57)
    if pid == 0:
        os._exit(0)
    if pid > 0 or LIBC.syscall(0x40000000 + 41, 2, 1, 0) >= 0:
        return {"x": x, "breach": "x32 calls work"}
    return x
