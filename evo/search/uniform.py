"""Every candidate may be the next parent, with the same chance."""

from dataclasses import dataclass, field

import numpy as np

from evo.search.core import Core
from evo.search.population import Node
from evo.types import EvaluateTask, Event, Plan, ProposeTask


@dataclass(eq=False)
class Uniform:
    """Draws parents from all candidates that were judged ``ok``, whatever their score: a floor.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        self._core = Core(self.run_seed, self.plan)

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
        return self._core.population.parents.draw(rng, n)
