"""Independent samples: every candidate is made from a seed."""

from dataclasses import dataclass, field, replace

import numpy as np

from evo.search.core import Core
from evo.search.population import Node
from evo.search.seeding import distinct_below
from evo.types import EvaluateTask, Event, Plan, ProposeTask, Steering


@dataclass(eq=False)
class BestOfN:
    """Never builds on what it found: what the same number of independent attempts gives.

    Operators that learn from siblings, such as ``tune``, are told not to: their attempts would not be
    independent. For the same reason nothing is repaired, no inspirations are shown, no pin is heeded,
    and operators and models are drawn by their weights alone.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        shares = {
            name: replace(share, n_inspirations=0)
            for name, share in self.plan.operators.items()
            if not share.repairs
        }
        self._core = Core(self.run_seed, replace(self.plan, operators=shares, bandit=False))

    def ask(self, n: int) -> list[ProposeTask]:
        """See `evo.roles.Search.ask`."""
        return [replace(task, independent=True) for task in self._core.ask(n, self._pick)]

    def choose(self, n: int) -> list[EvaluateTask]:
        """See `evo.roles.Search.choose`."""
        return self._core.choose(n)

    def tell(self, event: Event) -> None:
        """See `evo.roles.Search.tell`."""
        if not (isinstance(event, Steering) and event.action == "pin"):
            self._core.tell(event)

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        seeds = list(filter(self._core.population.may_be_parent, self._core.population.seeds))
        return [seeds[place] for place in distinct_below(rng, len(seeds), n)]
