"""A candidate that tries what no candidate may do, and tells what it got away with.

It is sent into the jail as text, like any other candidate, and harms nothing where it succeeds.
"""

# ruff: noqa: PTH123, PTH208, PTH116
import ctypes
import os
import resource
import socket
from collections.abc import Callable


def attempt(judge: int, canary: str, numbers: dict[str, int], memory_mb: int) -> dict[str, str]:
    """What became of each attempt: empty if it succeeded, what stopped it otherwise.

    Args:
        judge: pid of the judge's process.
        canary: path of a file outside that anyone may read and write.
        numbers: system calls by name.
        memory_mb: more than this must not be had.
    """
    tries: dict[str, Callable[[], object]] = {
        "root": _be_root,
        "memory": lambda: bytearray(memory_mb << 20),
        "descriptors": _many_descriptors,
        "environment": _environment,
        "fork": _fork,
        "exec": _exec,
        "tcp": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        "unix": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close(),
        "signal": lambda: os.kill(os.getppid(), 0),
        "limits": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
        "session": os.setsid,
        "read": lambda: open(canary, "rb").close(),
        "write": lambda: open(canary, "ab").close(),
        "list": lambda: os.listdir("/"),
        "process list": lambda: os.getpgid(judge),
        "file names": lambda: os.stat(canary),
    }
    for name in (
        "unshare",
        "io_uring_setup",
        "bpf",
        "keyctl",
        "memfd_create",
        "process_vm_readv",
        "userfaultfd",
    ):
        tries[name] = _caller(numbers[name])
    found = {}
    for name, action in tries.items():
        try:
            action()
        except (OSError, MemoryError, ValueError) as error:
            found[name] = f"{type(error).__name__}: {error}"
        else:
            found[name] = ""
    return found


def _be_root() -> None:
    if os.geteuid() != 0:
        os.setuid(0)


def _exec() -> None:
    try:
        os.execv("/no such program", ["none"])  # noqa: S606
    except FileNotFoundError:
        return  # looked for, so one that is there would have been started


def _many_descriptors() -> None:
    copies: list[int] = []
    try:
        while len(copies) < 128:
            copies.append(os.dup(0))
    finally:
        for copy in copies:
            os.close(copy)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _environment() -> None:
    allowed = {
        "HOME",
        "TMPDIR",
        "PWD",
        "LC_ALL",
        "LC_CTYPE",
        "CUDA_VISIBLE_DEVICES",
        "MALLOC_ARENA_MAX",
        "LD_LIBRARY_PATH",
    }
    names = [name for name in os.environ if name not in allowed and not name.startswith("PYTHON")]
    if all(name.endswith("_NUM_THREADS") for name in names):
        _refused()


def _caller(number: int) -> Callable[[], object]:
    """Makes a system call with arguments that are harmless where it is allowed."""

    def call() -> None:
        library = ctypes.CDLL(None, use_errno=True)
        library.syscall.restype = ctypes.c_long
        library.syscall(ctypes.c_long(number), *(ctypes.c_long(0) for _ in range(6)))
        error = ctypes.get_errno()
        if error in (1, 38):  # EPERM, ENOSYS; anything else comes from the call itself
            raise OSError(error, os.strerror(error))

    return call


def _refused() -> None:
    raise PermissionError("nothing to find")
