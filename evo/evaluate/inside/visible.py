"""Which files a candidate may read: the interpreter, the installed packages, the C libraries.

An interpreter or a virtual environment below a folder that only its owner may enter cannot be
reached by path once the process is unprivileged. A handle to the folder, opened before, still
leads there, so imports go through ``/proc/self/fd/N`` instead.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import privileges

SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/usr/local/lib", "/lib", "/lib64")
"""Folders of the operating system that C libraries load from."""
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random", "/dev/zero")


def folders() -> list[str]:
    """Folders that this interpreter and the packages on its path load from."""
    own = [path for path in sys.path if Path(path).is_dir()]
    libraries = [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if path]
    libraries += [f"{sys.base_prefix}/lib"] if sys.base_prefix != "/usr" else []
    return _without_nested([*own, *libraries, *SYSTEM])


def readable(roots: Iterable[str], hidden: Iterable[str]) -> Iterator[str]:
    """`roots` without what is at or below one of `hidden`, as few paths as that takes."""
    concealed = [os.path.realpath(path) for path in hidden]
    for root in roots:
        yield from _readable(os.path.realpath(root), concealed)


def reach(user: int | None, first: int) -> int:
    """Keeps all of `sys.path` importable, through folders that stay open where paths will not lead.

    Args:
        user: whom the process is about to become.
        first: number of the first descriptor to open folders at; they follow each other.

    Returns:
        How many descriptors were opened.
    """
    private = _without_nested(
        [path for path in sys.path if Path(path).is_dir() and not privileges.can_read(path, user)]
    )
    for place, path in enumerate(private):
        fd = os.open(path, os.O_PATH | os.O_DIRECTORY)
        if fd != first + place:
            os.dup2(fd, first + place, inheritable=False)
            os.close(fd)
        _redirect(path, f"/proc/self/fd/{first + place}")
    return len(private)


def _redirect(path: str, handle: str) -> None:
    """Has all imports below `path` look below `handle` instead, those within loaded packages too."""

    def moved(entry: str) -> str:
        return handle + entry[len(path) :] if entry == path or entry.startswith(path + "/") else entry

    sys.path[:] = [moved(entry) for entry in sys.path]
    for module in list(sys.modules.values()):
        places = getattr(module, "__path__", None)
        if isinstance(places, list):
            places[:] = [moved(entry) for entry in places]
    sys.path_importer_cache.clear()


def _readable(root: str, concealed: list[str]) -> Iterator[str]:
    if root in concealed:
        return
    if not any(path.startswith(root + "/") for path in concealed):
        yield root
        return
    for entry in os.scandir(root):
        if not entry.is_symlink():
            yield from _readable(entry.path, concealed)


def _without_nested(paths: Iterable[str]) -> list[str]:
    """`paths` in order, without repeats and without those below another."""
    unique = list(dict.fromkeys(paths))
    return [path for path in unique if not any(path.startswith(other + "/") for other in unique)]
