"""How long a candidate may run: its own time stands still while it waits for an answer."""

import math
import time


class Clock:
    """Until when a candidate may run: for its own time, which stands still while it waits, and for all."""

    def __init__(self, own_s: float, whole_s: float) -> None:
        self._own_s, self._whole_s = own_s, whole_s
        self._since: float | None = None
        self.waited_s = 0.0
        self.reason = ""

    def start(self, now: float) -> None:
        """Both begin."""
        self._own, self._whole = now + self._own_s, now + self._whole_s

    def left(self, now: float) -> float:
        """Seconds; `reason` says which of the two is over."""
        whole = self._whole - now
        own = self._own - now if self._since is None else math.inf
        self.reason = (
            f"It ran longer than {self._own_s:g} s."
            if own <= whole
            else f"It was not done after {self._whole_s:g} s, waiting included."
        )
        return min(own, whole)

    def pause(self, now: float) -> None:
        """A request waits; no effect if one did before."""
        self._since = now if self._since is None else self._since

    def go_on(self, now: float) -> None:
        """None waits any more."""
        if self._since is not None:
            self.waited_s += now - self._since
            self._own += now - self._since
            self._since = None

    def end(self, at: float) -> None:
        """Whatever waits, all is over at `at`."""
        self.go_on(time.monotonic())
        self._own, self._whole = at, math.inf
