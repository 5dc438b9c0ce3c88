"""The best candidate is always the parent: the bar at small budgets."""

from dataclasses import dataclass, field

import numpy as np

from evo.roles import ValueModel
from evo.search.core import Core
from evo.search.population import Node
from evo.search.screen import Screening
from evo.types import EvaluateTask, Event, Plan, ProposeTask


@dataclass(eq=False)
class Greedy:
    """Builds on the best; of equally good ones chance picks one, so that it drifts over plateaus.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: keeps poor candidates from being judged.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None

    def __post_init__(self) -> None:
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
        return self._core.population.draw_best(rng, n)
