"""Landlock: which files a process and its children may open, and whom they may reach.

A ruleset names rights over files; what is named and not granted is refused, for good. Rulesets
stack: a process has the rights that all of its rulesets grant.

Source: Linux, Documentation/userspace-api/landlock.rst.
"""

import os
import stat
import struct

from . import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
TRUNCATE = 1 << 14
READ = READ_FILE | READ_DIR
CHANGE = (
    WRITE_FILE
    | TRUNCATE
    | 1 << 4  # remove a folder
    | 1 << 5  # remove a file
    | 1 << 7  # make a folder
    | 1 << 8  # make a file
    | 1 << 12  # make a symbolic link
    | 1 << 13  # move between folders
)
"""Every right to change a folder, but for making devices, pipes and sockets in it."""

_RIGHTS_OF_ABI = (0, 1 << 13, 1 << 14, 1 << 15, 1 << 15, 1 << 16)  # first right that ABI 0 to 5 lacks
_FILE_RIGHTS = WRITE_FILE | READ_FILE | TRUNCATE
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def abi() -> int:
    """The kernel's version of landlock, 0 where there is none."""
    try:
        return kernel.call(_CREATE, 0, 0, 1)
    except OSError:
        return 0


class Ruleset:
    """Rights that `restrict` takes away but for those that `grant` gave.

    Args:
        handled: the rights over files in question; None for all that the kernel knows.
        beyond_files: also refuse TCP, abstract sockets and signals to the world outside.

    Raises:
        OSError: the kernel has no landlock.
    """

    def __init__(self, handled: int | None = None, beyond_files: bool = True) -> None:
        version = abi()
        known = (_RIGHTS_OF_ABI[min(version, 5)] or 1) - 1
        self._handled = known if handled is None else handled & known
        network = _TCP_BIND_AND_CONNECT if beyond_files and version >= 4 else 0
        scope = _ABSTRACT_SOCKETS_AND_SIGNALS if beyond_files and version >= 6 else 0
        fields = [self._handled]
        fields += [network] if version >= 4 else []
        fields += [scope] if version >= 6 else []
        attributes = struct.pack(f"={len(fields)}Q", *fields)
        self._fd = kernel.call(_CREATE, attributes, len(attributes), 0)

    def grant(self, path: str, rights: int) -> None:
        """Gives `rights` over `path` and all below; a path that does not exist is passed over."""
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            if not stat.S_ISDIR(os.fstat(fd).st_mode):
                rights &= _FILE_RIGHTS
            kernel.call(_ADD, self._fd, 1, struct.pack("=Qi", rights & self._handled, fd), 0)
        finally:
            os.close(fd)

    def restrict(self) -> None:
        """Puts the calling process under the ruleset; needs no_new_privs."""
        kernel.call(_RESTRICT, self._fd, 0)
        os.close(self._fd)
