"""Command lines for bubblewrap: a program in namespaces of its own that sees a few read-only folders."""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

BOX = "/box"
"""Where the sized, private temporary file system is mounted."""
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32")
_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")


def executable() -> str | None:
    """Path of bubblewrap, if it is installed."""
    return shutil.which("bwrap", path=os.environ.get("PATH", os.defpath) + ":/usr/bin:/bin")


def command(
    program: Sequence[str], *, folders: Iterable[Path], hidden: Iterable[Path], box_bytes: int, as_root: bool
) -> list[str]:
    """The command that runs `program` apart: no network, no other processes, no other files.

    Args:
        program: what to run, found in one of `folders` or in the system's.
        folders: shown read-only at their own paths, which anyone inside may enter.
        hidden: folders below those, shown empty.
        box_bytes: size of the file system at `BOX`.
        as_root: the caller is root: real namespaces, and `program` may still change its user.
    """
    arguments = [executable() or "bwrap", "--unshare-pid", "--as-pid-1", "--unshare-net"]
    arguments += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if as_root:
        for name in ("CAP_SETUID", "CAP_SETGID", "CAP_DAC_READ_SEARCH"):
            arguments += ["--cap-add", name]
    else:
        arguments += ["--unshare-user"]
    for folder in map(Path, _SYSTEM):
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += _bind(folder)
    for file in _FILES:
        arguments += ["--ro-bind-try", file, file]
    arguments += _shown(sorted(set(folders)), [folder for folder in hidden if folder.is_dir()])
    arguments += [
        "--dev",
        "/dev",
        "--perms",
        "1777",
        "--size",
        str(box_bytes),
        "--tmpfs",
        BOX,
        "--chdir",
        BOX,
    ]
    return [*arguments, "--", *program]


def _shown(folders: list[Path], hidden: list[Path]) -> list[str]:
    """Binds for `folders`, masks for `hidden`, and binds for what lies below a mask again."""
    arguments: list[str] = []
    masks = [mask for mask in hidden if any(_below(mask, place) for place in (*folders, Path("/usr")))]
    late = [folder for folder in folders if any(_below(folder, mask) for mask in masks)]
    opened: set[Path] = set()
    for folder in folders:
        if folder in late or _below(folder, Path("/usr")):
            continue
        # Folders on the way would get the modes they have outside: a private home would shut everyone out.
        for parent in reversed(folder.parents[:-1]):
            if parent not in opened:
                opened.add(parent)
                arguments += ["--perms", "0755", "--dir", str(parent)]
        arguments += _bind(folder)
    for mask in masks:
        arguments += ["--tmpfs", str(mask)]
    for folder in late:
        arguments += _bind(folder)
    return arguments


def _bind(folder: Path) -> list[str]:
    return ["--ro-bind", str(folder), str(folder)]


def _below(folder: Path, other: Path) -> bool:
    return folder == other or folder.is_relative_to(other)
