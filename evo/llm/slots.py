"""So many calls at a time over all processes of a machine: each holds the lock of one of so many files.

A process that ends, however it ends, leaves its locks to the others.
"""

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PAUSE_S = 0.01
"""Before all places are tried again, where none was free."""


class Slots:
    """Places for calls to one server.

    Args:
        name: of what is shared, such as the address of a server; the same name means the same places.
        n: how many there are.
        folder: for the files; None for one of this user's among the temporary ones.
    """

    def __init__(self, name: str, n: int, folder: Path | None = None) -> None:
        digest = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
        folder = folder or Path(tempfile.gettempdir()) / f"evo-slots-{os.getuid()}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._paths = [folder / f"{digest}-{place}" for place in range(n)]
        self._held: set[Path] = set()
        self._line = asyncio.Lock()  # within this process, first come, first served

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the places; waits until there is one."""
        async with self._line:
            while (taken := self._take()) is None:
                await asyncio.sleep(PAUSE_S)
        path, fd = taken
        try:
            yield
        finally:
            self._held.discard(path)
            os.close(fd)

    def _take(self) -> tuple[Path, int] | None:
        for path in self._paths:
            if path in self._held:
                continue
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                continue
            self._held.add(path)
            return path, fd
        return None
