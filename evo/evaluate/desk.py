"""Where the requests of a candidate lie until they are answered."""

import os
import threading
from collections import deque
from contextlib import suppress

from evo.evaluate.exchange import MOST_WAITING, Answered, Exchange
from evo.evaluate.inside import wire


class Desk:
    """Takes requests of a candidate, in their order, and answers from whichever thread they come.

    Attributes:
        bell: descriptor that can be read when an answer came from another thread.
        waiting: requests that are not answered.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._requests: deque[wire.Frame] = deque()
        self._answers: deque[tuple[int, Answered]] = deque()
        self._lock = threading.Lock()
        self._taken = 0
        self.waiting = 0
        self.bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    @property
    def waits(self) -> bool:
        """Whether there is a request that nobody was asked."""
        return bool(self._requests)

    def take(self, frame: wire.Frame) -> None:
        """A request that came.

        Raises:
            WireError: it is not the next, or there are too many.
        """
        if frame.case != self._taken:
            raise wire.WireError("a request out of turn")
        self._taken += 1
        self.waiting += 1
        if self.waiting > MOST_WAITING:
            raise wire.WireError(f"over {MOST_WAITING} requests at a time")
        self._requests.append(frame)

    def ask(self) -> tuple[int, Answered | None]:
        """The next request's number, and its answer if that is there at once."""
        request = self._requests.popleft()
        return request.case, self._exchange.ask(request.body, lambda answer: self._put(request.case, answer))

    def _put(self, number: int, answer: Answered) -> None:
        with self._lock:
            if self.bell >= 0:
                self._answers.append((number, answer))
                os.eventfd_write(self.bell, 1)

    def come(self) -> list[tuple[int, Answered]]:
        """The answers that came since."""
        with suppress(BlockingIOError):
            os.eventfd_read(self.bell)
        found = []
        while self._answers:
            found.append(self._answers.popleft())
        return found

    def close(self) -> None:
        """Answers that come later are dropped."""
        with self._lock:
            os.close(self.bell)
            self.bell = -1
