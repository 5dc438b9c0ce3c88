"""What people send to a run while another process writes it: a file a message, until the run takes it in."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from evo.errors import RunError
from evo.types import Steering

LOOK_EVERY_S = 0.5
"""How often a run looks for messages."""


def send(folder: Path, message: Steering) -> Path:
    """Leaves `message` for the run in `folder`, which takes it in within a second, or when it is resumed.

    Raises:
        RunError: `folder` is no run.
    """
    if not (folder / "journal").is_dir():
        raise RunError(f"{folder} is not a run: it has no journal. See: evo ls")
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    name = f"{time.time_ns():020d}-{os.getpid()}"
    part = inbox / f"{name}.part"
    part.write_text(json.dumps(asdict(message)), encoding="utf-8")
    file = inbox / f"{name}.json"
    part.replace(file)  # whole or not at all
    return file


class Inbox:
    """The messages of one run, taken in by its writer.

    Args:
        folder: of the run.
        clock: seconds, for how often to look.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder / "inbox"
        self._clock = clock
        self._looked = float("-inf")
        self._taken: list[Path] = []

    def take(self) -> list[Steering]:
        """The messages that came since the last look, in order; they stay until `recorded` is called."""
        now = self._clock()
        if now - self._looked < LOOK_EVERY_S:
            return []
        self._looked = now
        if not self._folder.is_dir():
            return []
        found = []
        for file in sorted(self._folder.glob("*.json")):
            try:
                found.append(Steering(**json.loads(file.read_text(encoding="utf-8"))))
            except (ValueError, TypeError):
                file.rename(file.with_suffix(".unreadable"))
                continue
            self._taken.append(file)
        return found

    def recorded(self) -> None:
        """What was taken is in the journal now."""
        for file in self._taken:
            file.unlink(missing_ok=True)
        self._taken.clear()
