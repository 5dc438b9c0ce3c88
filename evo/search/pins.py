"""Candidates that a person wants to see built upon."""

from evo.search.population import Node, Population
from evo.types import Steering

LASTS = 50
"""Proposals that are told before a pin ends."""

EVERY = 5
"""One task in so many has a pinned parent."""


class Pins:
    """Puts a pinned candidate among the parents of a fifth of the tasks while its pin lasts.

    A pin that is told again, word for word, is the same pin.
    """

    def __init__(self, population: Population) -> None:
        self._population = population
        self._ends: dict[Steering, int] = {}  # in proposals told

    def tell(self, pin: Steering, n_told: int) -> None:
        """Pins the target of `pin` when `n_told` proposals have been told."""
        self._ends.setdefault(pin, n_told + LASTS)

    def parent(self, number: int, n_told: int) -> Node | None:
        """The pinned parent of task `number`, if it has one; several that are pinned take turns."""
        if number % EVERY:
            return None
        found = (self._population.find(pin.target) for pin, end in self._ends.items() if n_told < end)
        pinned = [node for node in found if node is not None and node in self._population.parents]
        return pinned[number // EVERY % len(pinned)] if pinned else None
