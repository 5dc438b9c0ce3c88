"""How long tasks take, and so how many make a call that is worth its cost."""

import math

QUICK_S = 0.02
"""Tasks that take longer than this travel alone."""

CALL_S = 0.03
"""Work in a call of quick tasks: a hundred times the millisecond that a call costs, and hardly a wait."""

SLICE_S = 0.05
"""A worker begins no further task of a batch after so long."""

MAX_BATCH = 64
_WEIGHT = 0.1


class Pace:
    """Running geometric mean of the seconds that a task takes.

    Geometric, for one time limit of ten seconds among a thousand tasks of a millisecond says
    little about the next.

    Attributes:
        seconds: the mean; None before the first task.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None

    def add(self, seconds: float) -> None:
        """Takes in one task that took `seconds`."""
        seconds = max(seconds, 1e-6)
        if self.seconds is None:
            self.seconds = seconds
        else:
            self.seconds *= math.exp(_WEIGHT * math.log(seconds / self.seconds))

    @property
    def batch(self) -> int:
        """How many tasks make a call: 1 while nothing is known of them or they are not quick."""
        if self.seconds is None or self.seconds > QUICK_S:
            return 1
        return min(MAX_BATCH, max(1, round(CALL_S / self.seconds)))
