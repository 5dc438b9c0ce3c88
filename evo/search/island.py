"""One of the groups of `evo.search.islands`, and how its parents are drawn by rank."""

from dataclasses import dataclass

import numpy as np

from evo.search.group import Group
from evo.search.limits import at_least
from evo.search.population import Node, Population
from evo.search.seeding import weighted_distinct
from evo.search.weights import diversity, exponential_weights, temperature

CAPACITY = 32
"""Best members an island remembers; those below would hardly ever be drawn."""

GENERATIONS = 4
"""Members with the same ancestor so many generations back are one family."""

SHARPEST, FLATTEST = 1.0, 2.0
"""Temperatures of `RankRule` where nothing else is said."""


class Island(Group):
    """The best members of one group.

    Attributes:
        idle: candidates judged here since one was better than all before.
    """

    def __init__(self, population: Population) -> None:
        super().__init__(CAPACITY)
        self.idle = 0
        self._population = population
        self._kinship = (-1, 0.0)  # changes when it was computed, diversity

    def kinship(self) -> float:
        """Diversity of the members in families and scores, in [0, 1]; see `evo.search.weights.diversity`."""
        if self._kinship[0] != self.changes:
            members = self.members()
            families = [self._population.ancestor(node, GENERATIONS).index for node in members]
            self._kinship = (self.changes, diversity(families, [node.score for node in members]))
        return self._kinship[1]


@dataclass(frozen=True, slots=True)
class RankRule:
    """Draws parents by their rank on the island, chance ordering equal scores.

    Attributes:
        sharpest, flattest: temperature in ranks at diversity 1 and at diversity 0.
    """

    sharpest: float = SHARPEST
    flattest: float = FLATTEST

    def __post_init__(self) -> None:
        at_least("search.sharpest", self.sharpest, 0.1, example=1.0)
        at_least("search.flattest", self.flattest, self.sharpest, example=self.sharpest + 1)

    def diversity(self, island: Island) -> float:
        """Of `island`, in [0, 1]."""
        return island.kinship()

    def draw(self, island: Island, rng: np.random.Generator, n: int) -> list[Node]:
        """Up to `n` distinct members of `island`, which is not empty."""
        # Chance orders equal scores: the newest first would drift over plateaus without ever looking back.
        chance = rng.random(len(island))
        ranked = sorted(
            zip(island.members(), chance, strict=True), key=lambda pair: (-pair[0].score, pair[1])
        )
        members = [node for node, _ in ranked]
        weights = exponential_weights(
            len(members), temperature(island.kinship(), self.sharpest, self.flattest)
        )
        return [members[rank] for rank in weighted_distinct(rng, weights, n)]
