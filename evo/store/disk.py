"""Files that outlive a crash: what is renamed is complete, what is set aside is never overwritten."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evo.errors import RunError, StorageFull

TEMPORARY = ".tmp"
"""Suffix of files that are being made. What a crash leaves of them is a copy of something else."""

_REFUSED = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
)


def sync_folder(folder: Path) -> None:
    """Makes names that were added to `folder`, or renamed or removed in it, durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Makes `folder` and what is above it, durably; one that exists is left as it is."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def write_all(handle: int, data: bytes, offset: int) -> None:
    """Writes all of `data` at `offset`: one write may take less than it is given, without an error."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(handle, rest, offset)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest, offset = rest[written:], offset + written


def write_temporary(path: Path, data: bytes) -> Path:
    """Writes and syncs the temporary file that is to become `path`; removes it if that fails."""
    temporary = path.with_name(path.name + TEMPORARY)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        write_all(handle, data, 0)
        os.fsync(handle)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    return temporary


def publish(temporary: Path, path: Path) -> None:
    """Gives a temporary file its name, durably."""
    temporary.replace(path)
    sync_folder(path.parent)


def set_aside(folder: Path, name: str, data: bytes) -> Path:
    """Keeps `data` in ``folder/damaged`` under `name`, or `name` with a number if that is taken."""
    damaged = folder / "damaged"
    make_folder(damaged)
    path, count = damaged / name, 1
    while path.exists():
        count += 1
        path = damaged / f"{name}-{count}"
    publish(write_temporary(path, data), path)
    return path


@contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Turns an operating system's refusal to make or open files below `folder` into an error of evo.

    Raises:
        RunError: the folder may not be written at all, is gone, or is no folder.
        StorageFull: it may, but cannot take more.
    """
    try:
        with writing(folder):
            yield
    except StorageFull as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in _REFUSED:
            raise RunError(f"{folder} cannot be written: {cause}. Check its owner and its mount.") from cause
        raise


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns every failure to write below `folder` into `StorageFull`.

    A file system that fails in the middle of a run, or is read-only by then, is as good as full.

    Raises:
        StorageFull: with what was wrong, and how to go on.
    """
    try:
        yield
    except OSError as error:
        raise StorageFull(
            f"{folder} cannot take more: {error}. All that was recorded is kept; "
            f"make room, then go on with: evo resume {folder}"
        ) from error
