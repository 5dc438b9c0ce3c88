"""Working folders: measured while a candidate runs, and removed whatever was built in them."""

import os
import stat
from itertools import islice

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(path: str) -> None:
    """Removes a folder and all below, however deep, unreadable or full of links, in constant stack.

    Nothing may be changing the folder meanwhile. Symbolic links are removed, never followed.

    Args:
        path: absolute.

    Raises:
        OSError: something cannot be removed, such as another user's folder.
    """
    parent, name = os.path.split(path)
    fd = _open(name, os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    names, pending = [name], [_remove_files(fd)]
    while names:
        if pending[-1]:
            name = pending[-1].pop()
            fd = _open(name, fd)
            names.append(name)
            pending.append(_remove_files(fd))
            continue
        fd = _step("..", fd)
        pending.pop()
        os.rmdir(names.pop(), dir_fd=fd)
    os.close(fd)


def holds(path: str, max_bytes: int, max_files: int) -> bool:
    """Whether a folder and all below stay within both bounds; looks no further than the bounds.

    The folder may be changing meanwhile. One that has a folder which cannot be looked into does not hold.
    """
    try:
        return _holds(path, max_bytes, max_files)
    except PermissionError:
        return False


def _holds(path: str, max_bytes: int, max_files: int) -> bool:
    fd = os.open(path, _FOLDER)
    files = size = 0
    pending: list[list[str]] = []  # folders left to look into, from the top down to where `fd` is
    arrived = True
    try:
        while True:
            if arrived:
                found = _entries(fd, max_files + 1)
                files += len(found)
                size += 512 * sum(info.st_blocks for _, info in found)
                pending.append([name for name, info in found if stat.S_ISDIR(info.st_mode)])
            if files > max_files or size > max_bytes:
                return False
            arrived = bool(pending[-1])
            if not arrived:
                pending.pop()
            if not pending:
                return True
            try:
                fd = _step(pending[-1].pop() if arrived else "..", fd)
            except PermissionError:
                raise
            except OSError:
                arrived = False  # moved, removed or replaced since it was listed
    finally:
        os.close(fd)


def _step(name: str, fd: int) -> int:
    """Descriptor of the folder `name` in the folder `fd`, which is closed."""
    there = os.open(name, _FOLDER, dir_fd=fd)
    os.close(fd)
    return there


def _entries(fd: int, most: int) -> list[tuple[str, os.stat_result]]:
    found = []
    with os.scandir(fd) as entries:
        for entry in islice(entries, most):
            try:
                found.append((entry.name, entry.stat(follow_symlinks=False)))
            except FileNotFoundError:
                continue
    return found


def _open(name: str, parent: int) -> int:
    """Descriptor of the folder `name` in `parent`, which is closed."""
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=parent)
        return os.open(name, _FOLDER, dir_fd=parent)
    finally:
        os.close(parent)


def _remove_files(fd: int) -> list[str]:
    """Removes all but the folders from the folder `fd`; their names are left to do."""
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=fd, effective_ids=True):
        os.fchmod(fd, 0o700)
    folders = []
    with os.scandir(fd) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if is_folder:
            folders.append(name)
        else:
            os.unlink(name, dir_fd=fd)
    return folders
