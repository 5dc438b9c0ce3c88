"""What a candidate may ask for while it works on a case: the judge's side answers, over the same channel.

The one who answers lives in the judge's process. It may answer at once, or later from another thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from evo.types import Status

REQUEST_BYTES = 256 << 10
"""A longer request is refused."""
MOST_WAITING = 256
"""Requests of one candidate that may wait for their answers at a time."""
MOST_UNREAD = 16 << 20
"""Bytes of answers that a candidate may leave unread."""


@dataclass(frozen=True, slots=True)
class Halt:
    """Instead of an answer: the case ends here, with this status."""

    status: Status
    feedback: str


Answered: TypeAlias = bytes | Halt


class Exchange(Protocol):
    """Answers the requests of one run."""

    def ask(self, body: bytes, later: Callable[[Answered], None]) -> Answered | None:
        """The answer to one request, or None if it will be given to `later`.

        Called in the thread that watches the candidate, so it must not wait for anything slow.

        Args:
            body: untrusted bytes.
            later: takes the answer, once, from any thread; also after the run has ended.
        """
