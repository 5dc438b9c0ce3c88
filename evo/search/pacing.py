"""How many unjudged candidates are worth keeping ready, given how long things take."""

from collections import deque
from statistics import fmean

from evo.types import Evaluation, Plan, Proposal

RECENT = 100
"""Proposals and judgements whose mean times count."""

ALWAYS = 1 / 16
"""Share of `Plan.frontier` that is kept ready however quickly candidates are made."""

COVER = 2.0
"""What waits covers so many times the time that it takes to make a candidate."""


class Pacing:
    """Keeps as few candidates waiting as the judges can be kept busy with.

    Whatever waits was made from what was known when it was ordered: with 64 workers and two candidates
    waiting for each, a child is three generations behind. `Plan.frontier` is right where a candidate takes
    as long to make as to judge. Where it is made in a fraction ``r`` of that time, ``COVER * r`` of it will
    do, and a little more, so that hardly a worker waits for work. A run with language models keeps all of it:
    what is in flight at a model counts as waiting, and how long answers take is known last of the slowest.
    `tests.benchmarks.search_study` with
    ``--workers 1,64`` shows what it brings.
    """

    def __init__(self, plan: Plan) -> None:
        self._most = plan.frontier
        self._asks = any(share.models for share in plan.operators.values())
        self._making: deque[float] = deque(maxlen=RECENT)
        self._judging: deque[float] = deque(maxlen=RECENT)

    def tell(self, event: Proposal | Evaluation) -> None:
        """Takes in what was finished and how long it took; seeds are read, not made."""
        if isinstance(event, Proposal) and not event.parents:
            return
        (self._making if isinstance(event, Proposal) else self._judging).append(event.seconds)

    @property
    def frontier(self) -> int:
        """Candidates that may wait; `Plan.frontier` while it is not known how long things take."""
        making = fmean(self._making) if self._making else 0.0
        judging = fmean(self._judging) if self._judging else 0.0
        if self._asks or making <= 0 or judging <= 0:
            return self._most
        share = ALWAYS + COVER * making / judging
        return min(self._most, 1 + int(self._most * min(share, 1.0)))
