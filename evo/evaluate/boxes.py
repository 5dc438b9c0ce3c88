"""The folder that a jail without namespaces keeps its candidates' working folders in."""

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from evo.evaluate.inside import folder

_PREFIX = "evo-jail-"
_PLACES = ("/dev/shm", "/tmp", "/var/tmp")  # noqa: S108 - a fresh folder is made in it; memory before disk


class Boxes:
    """A fresh folder, locked while this process lives, so that others can tell that it is in use."""

    def __init__(self) -> None:
        place = _place()
        _sweep(place)
        self.path, self._lock = _make(place)
        while not self.path.exists():  # swept by another process before it was locked
            os.close(self._lock)
            self.path, self._lock = _make(place)

    def clear(self) -> None:
        """Removes what is left in it."""
        for left in self.path.iterdir():
            folder.remove(str(left))

    def close(self) -> None:
        """Removes it with all that is left in it."""
        with suppress(FileNotFoundError):
            folder.remove(str(self.path))
        os.close(self._lock)


def _make(place: Path) -> tuple[Path, int]:
    path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place)).resolve()
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return path, lock


def _place() -> Path:
    for place in (*map(Path, _PLACES), Path(tempfile.gettempdir())):
        if os.access(place, os.W_OK | os.X_OK):
            return place
    raise FileNotFoundError(f"No folder for temporary files can be written to: tried {', '.join(_PLACES)}.")


def _sweep(place: Path) -> None:
    """Removes what processes that were killed have left: their locks are gone."""
    for left in place.glob(_PREFIX + "*"):
        with suppress(OSError):  # another user's, or swept by another process at this moment
            fd = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                folder.remove(str(left))
            finally:
                os.close(fd)
