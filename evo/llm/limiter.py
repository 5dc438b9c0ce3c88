"""The queue in front of calls: so many at a time, so many and so many tokens in any minute."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

WINDOW_S = 60.0
SLACK_S = 2.0
"""How long a call may be on its way to the server. What was sent at one moment arrives up to so much
later, so a place in the window is held that much longer, unless the answer is there before."""

NOTICE_S = 1.0
"""How long it may take until a correction of what was reserved is noticed by the one that waits."""


@dataclass(slots=True)
class Entry:
    """A call in the log.

    Attributes:
        arrived: the latest moment at which the server can have got it.
        tokens: what it used, or may use.
        counts: False once its window is over.
    """

    arrived: float
    tokens: int
    counts: bool = True


class Limiter:
    """Lets calls through in the order they came, each as soon as no limit would be broken. Refuses nobody.

    The log is a sliding one: a bucket that is refilled steadily lets twice the limit through around
    a moment of silence.

    Args:
        concurrency: calls at a time.
        requests, tokens: most in any window; None sets no limit.
        clock: monotonic, in seconds.
        sleep: waits for seconds.
        window_s: length of the window.
        slack_s: see `SLACK_S`.
    """

    def __init__(
        self,
        concurrency: int,
        requests: int | None = None,
        tokens: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        window_s: float = WINDOW_S,
        slack_s: float = SLACK_S,
    ) -> None:
        self._slots, self._queue = asyncio.Semaphore(concurrency), asyncio.Lock()
        self._requests, self._tokens = requests, tokens
        self._clock, self._sleep = clock, sleep
        self._window_s, self._slack_s = window_s, slack_s
        self._log: deque[Entry] = deque()
        self._reserved = 0
        self.in_flight = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """One of the calls that may be made at a time, for all its tries."""
        async with self._slots:
            self.in_flight += 1
            try:
                yield
            finally:
                self.in_flight -= 1

    async def admit(self, tokens: int) -> Entry:
        """Waits until a call may be sent that uses up to `tokens`, and enters it in the log.

        A call that is larger than the limit goes alone.
        """
        if self._requests is None and self._tokens is None:
            return Entry(self._clock(), tokens, counts=False)
        wanted = tokens if self._tokens is None else min(tokens, self._tokens)
        async with self._queue:  # a lock is first come, first served
            while (pause := self._pause(wanted)) > 0:
                await self._sleep(min(pause, NOTICE_S))
            entry = Entry(self._clock() + self._slack_s, wanted)
            self._log.append(entry)
            self._reserved += wanted
            return entry

    def settle(self, entry: Entry, tokens: int) -> None:
        """Corrects the log: the answer to `entry` is here, or it was given up, and it used `tokens`."""
        entry.arrived = min(entry.arrived, self._clock())
        if entry.counts:
            self._reserved += tokens - entry.tokens
        entry.tokens = tokens

    def _pause(self, tokens: int) -> float:
        """Seconds until a call of `tokens` may go, if nothing is corrected before; 0 for now."""
        now = free_at = self._clock()
        while self._log and self._log[0].arrived + self._window_s <= now:
            self._reserved -= self._log[0].tokens
            self._log.popleft().counts = False
        count, held = len(self._log), self._reserved
        for entry in self._log:
            if self._fits(count, held + tokens):
                break
            count, held = count - 1, held - entry.tokens
            free_at = max(free_at, entry.arrived + self._window_s)
        return free_at - now

    def _fits(self, count: int, tokens: int) -> bool:
        is_few = self._requests is None or count < self._requests
        return is_few and (self._tokens is None or tokens <= self._tokens)
