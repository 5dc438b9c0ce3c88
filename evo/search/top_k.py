"""One of the best few is the parent."""

from dataclasses import dataclass, field

import numpy as np

from evo.roles import ValueModel
from evo.search.core import Core
from evo.search.limits import at_least
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import weighted_distinct
from evo.search.weights import rank_weights
from evo.types import EvaluateTask, Event, Plan, ProposeTask


@dataclass(eq=False)
class TopK:
    """Draws parents from the `k` best; where scores are equal, chance decides who is among them.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: keeps poor candidates from being judged.
        k: how many of the best may be parents; with 1 it is `evo.search.greedy.Greedy`.
        pressure: 0 gives each of them the same chance, 1 weights falling evenly with the rank.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    k: int = 3
    pressure: float = 0.0

    def __post_init__(self) -> None:
        at_least("search.k", self.k, 1, example=5)
        at_least("search.pressure", self.pressure, 0, example=1)
        self._core = Core(self.run_seed, self.plan, self.value)

    def ask(self, n: int) -> list[ProposeTask]:
        """See `evo.roles.Search.ask`."""
        return self._core.ask(n, self._pick)

    def choose(self, n: int) -> list[EvaluateTask]:
        """See `evo.roles.Search.choose`."""
        return self._core.choose(n)

    def tell(self, event: Event) -> None:
        """See `evo.roles.Search.tell`."""
        self._core.tell(event)

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        # A second parent is wanted even with k = 1.
        best = self._core.population.draw_best(rng, max(self.k, n))
        return [best[rank] for rank in weighted_distinct(rng, rank_weights(len(best), self.pressure), n)]
