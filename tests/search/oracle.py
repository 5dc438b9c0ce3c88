"""A value model that knows the truth, more or less: for tests of what is done with one."""

from collections.abc import Callable, Sequence

import numpy as np

from evo.testing.world import unit
from evo.types import Evaluation, Event, Forecast, Proposal


class Oracle:
    """Predicts ``quality(id)`` plus an error that is always the same for the same candidate.

    Attributes:
        quality: true expected score of a candidate.
        error: half width of the uniform error.
        first: labels before it predicts anything.
        known: ids that it holds something of.
    """

    def __init__(self, quality: Callable[[str], float], error: float = 0.0, first: int = 8) -> None:
        self.quality, self.error, self.first = quality, error, first
        self.known: set[str] = set()
        self._labels: set[str] = set()

    @property
    def n_labels(self) -> int:
        return len(self._labels)

    @property
    def n_fits(self) -> int:
        return 1 + (self.n_labels - self.first) // 10 if self.n_labels >= self.first else 0

    def tell(self, event: Event) -> None:
        if isinstance(event, Proposal) and event.candidate is not None and event.status == "ok":
            self.known.add(event.candidate.id)
        elif isinstance(event, Evaluation) and event.status != "lost" and event.candidate in self.known:
            self._labels.add(event.candidate)

    def predict(self, candidates: Sequence[str]) -> Forecast:
        for one in candidates:
            if one not in self.known:
                raise KeyError(one)
        n = len(candidates)
        errors = [self.error * (2 * unit("error", one) - 1) for one in candidates]
        mean = np.array([self.quality(one) for one in candidates]) + errors if self.n_fits else np.zeros(n)
        return Forecast(mean, np.full(n, self.error + 0.01), np.ones(n), np.ones(n))

    def forget(self, candidates: Sequence[str]) -> None:
        self.known.difference_update(candidates)
