"""Giving up what a process is allowed to do beyond an ordinary program."""

import os
import signal
import struct
from contextlib import suppress

from . import kernel, syscalls

NOBODY = 65534
_CAPABILITY_VERSION_3 = 0x20080522


def drop(user: int | None) -> None:
    """Becomes the unprivileged `user`, for good, and gives up every capability.

    A root that may not change who it is stays root without capabilities; the probe finds it out.

    Args:
        user: user and group id to take if this process runs as root; otherwise it stays who it is.
    """
    if os.geteuid() == 0:
        for choice in (NOBODY if user is None else user, NOBODY):  # a user namespace may map few ids
            with suppress(OSError):
                os.setgroups([])
                os.setresgid(choice, choice, choice)
                os.setresuid(choice, choice, choice)
                break
    _, _, privileged = syscalls.numbers()
    kernel.call(privileged["capset"], struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), bytes(24))
    kernel.process_control(kernel.PR_SET_DUMPABLE, 0)


def no_new() -> None:
    """No program that this process starts can gain privileges."""
    kernel.process_control(kernel.PR_SET_NO_NEW_PRIVS, 1)


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent ends; ends now if that has happened already."""
    kernel.process_control(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def can_read(path: str, user: int | None) -> bool:
    """Whether a file or folder could still be opened after `drop`."""
    if os.geteuid() != 0:
        return True
    groups, group = os.getgroups(), os.getegid()
    try:
        os.setgroups([])
    except OSError:
        return True  # `drop` cannot change who it is either
    try:
        os.setegid(NOBODY if user is None else user)
        os.seteuid(NOBODY if user is None else user)
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        return True
    except OSError:
        return False
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
