"""Groups that search apart and now and then exchange their best."""

from bisect import insort
from dataclasses import dataclass, field

import numpy as np

from evo.search.core import Core
from evo.search.founding import Pool
from evo.search.limits import at_least
from evo.search.population import Node, Population
from evo.search.seeding import distinct_below, generator, weighted_distinct
from evo.search.weights import diversity, exponential_weights
from evo.types import EvaluateTask, Event, Plan, ProposeTask, Steering

CAPACITY = 32
"""Best members an island remembers; those below would hardly ever be drawn."""

ELITES = 8
"""A new start is drawn from so many of the archive's best."""

GENERATIONS = 4
"""Members with the same ancestor so many generations back are one family."""


class Island:
    """The best members of one group.

    Attributes:
        idle: candidates judged here since one was better than all before.
    """

    def __init__(self) -> None:
        self.idle = 0
        self._order: list[tuple[float, int]] = []  # (score, index), ascending
        self._nodes: dict[int, Node] = {}
        self._diversity: float | None = None

    def __len__(self) -> int:
        return len(self._order)

    @property
    def best_score(self) -> float:
        """Minus infinity for an empty island."""
        return self._order[-1][0] if self._order else -np.inf

    def members(self) -> list[Node]:
        """The best first, of equal ones the newest first."""
        return [self._nodes[index] for _, index in reversed(self._order)]

    def add(self, node: Node) -> None:
        """Takes `node` in, if it is not here and belongs to the best."""
        if node.index in self._nodes:
            return
        insort(self._order, (node.score, node.index))
        self._nodes[node.index] = node
        self._diversity = None
        if len(self._order) > CAPACITY:
            del self._nodes[self._order.pop(0)[1]]

    def drop(self, candidate: str) -> None:
        """Forgets the member with this id, if it is one."""
        for node in [node for node in self._nodes.values() if node.id == candidate]:
            del self._nodes[node.index]
            self._order.remove((node.score, node.index))
            self._diversity = None

    def diversity(self, population: Population) -> float:
        """Of the members, in [0, 1]; see `evo.search.weights.diversity`."""
        if self._diversity is None:
            members = self.members()
            families = [population.ancestor(node, GENERATIONS).index for node in members]
            self._diversity = diversity(families, [node.score for node in members])
        return self._diversity


@dataclass(eq=False)
class Islands:
    """Several groups, each mostly building on its own best.

    They begin as one and part when `part_after` judgements brought no progress. From then on task
    `number` belongs to island ``number % n_islands``; seeds belong to all. A parent is drawn by its
    rank on the island, chance ordering equal scores: sharply where the members are varied, more evenly
    where they have become alike. Every `migration_every` judgements each island's best are copied to
    the next on the ring.
    An island that found nothing better for `patience` judgements of its own, and is behind all
    others, starts again from the best of the whole archive.

    With a cold start they part as soon as its pool is judged: sorted into groups of candidates that
    look and behave alike, each of which founds an island. Where there are fewer groups than islands,
    the best founds the others.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        n_islands: groups.
        part_after: judgements without progress before the islands part; 0 parts them at once.
        migration_every: judgements, over all islands, between two migrations.
        migrants: best members that each island sends.
        patience: judgements of a starved island before it starts again.
        sharpest, flattest: temperature of the draw, in ranks, at diversity 1 and at diversity 0.

    Source: island models as in Romera-Paredes et al., Nature 625 (2024), and Whitley et al., The
    Island Model Genetic Algorithm, 1998; a temperature that falls with diversity as described for
    FM Agent, arXiv 2510.26144. The constants are measured on synthetic landscapes, the temperatures on
    circle and bin packing with seeds 10 to 15.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    n_islands: int = 2
    part_after: int = 30
    migration_every: int = 5
    migrants: int = 1
    patience: int = 60
    sharpest: float = 1.0
    flattest: float = 2.0

    def __post_init__(self) -> None:
        at_least("search.n_islands", self.n_islands, 1, example=4)
        at_least("search.part_after", self.part_after, 0, example=30)
        at_least("search.migration_every", self.migration_every, 1, example=5)
        at_least("search.migrants", self.migrants, 0, example=1)
        at_least("search.patience", self.patience, 1, example=60)
        at_least("search.sharpest", self.sharpest, 0.1, example=1.0)
        at_least("search.flattest", self.flattest, self.sharpest, example=self.sharpest + 1)
        self._core = Core(self.run_seed, self.plan)
        self._islands = [Island() for _ in range(self.n_islands)]
        self._judged = 0
        self._pool = Pool(self.plan) if self.plan.cold_start else None  # until the islands are founded
        self._parted = self.part_after == 0 and self._pool is None

    def ask(self, n: int) -> list[ProposeTask]:
        """See `evo.roles.Search.ask`."""
        return self._core.ask(n, self._pick)

    def choose(self, n: int) -> list[EvaluateTask]:
        """See `evo.roles.Search.choose`."""
        return self._core.choose(n)

    def tell(self, event: Event) -> None:
        """See `evo.roles.Search.tell`."""
        node = self._core.tell(event)
        if self._pool is not None:
            self._pool.tell(event)
        if isinstance(event, Steering) and event.action == "veto":
            for island in self._islands:
                island.drop(event.target)
        if node is not None:
            self._judged += 1
            self._settle(node)
            if self._judged % self.migration_every == 0:
                self._migrate()
        if self._pool is not None and self._core.opening.over:
            self._found(self._pool)

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        population = self._core.population
        island = self._islands[number % self.n_islands]
        if not len(island):
            return population.parents.draw(rng, n)
        # Chance orders equal scores: the newest first would drift over plateaus without ever looking back.
        chance = rng.random(len(island))
        ranked = sorted(
            zip(island.members(), chance, strict=True), key=lambda pair: (-pair[0].score, pair[1])
        )
        members = [node for node, _ in ranked]
        spread = self.flattest - self.sharpest
        temperature = self.sharpest + spread * (1 - island.diversity(population))
        weights = exponential_weights(len(members), temperature)
        return [members[rank] for rank in weighted_distinct(rng, weights, n)]

    def _settle(self, node: Node) -> None:
        """Notes a candidate that is judged to its end on the island that asked for it."""
        shared = node.is_seed or not self._parted
        homes = list(self._islands) if shared else [self._islands[node.number % self.n_islands]]
        for island in homes:
            before = island.best_score
            if self._core.population.may_be_parent(node) and node.stage + 1 == len(self.plan.stages):
                island.add(node)
            island.idle = 0 if island.best_score > before else island.idle + 1
        if not self._parted:
            self._parted = self._pool is None and self._islands[0].idle >= self.part_after
            return
        for island in homes:
            if island.idle >= self.patience:
                self._restart_if_last(island)

    def _found(self, pool: Pool) -> None:
        """Parts the islands, each with one group of the pool."""
        self._pool, self._parted = None, True
        size, population = self._core.opening.size, self._core.population
        members = [node for node in population.nodes if node.number < size and node in population.parents]
        groups = pool.groups(members, self.n_islands)
        self._islands = [Island() for _ in range(self.n_islands)]
        for place, island in enumerate(self._islands):
            for node in groups[place] if place < len(groups) else population.best(1):
                island.add(node)

    def _migrate(self) -> None:
        sent = [island.members()[: self.migrants] for island in self._islands]
        for place, nodes in enumerate(sent):
            for node in nodes:
                self._islands[(place + 1) % self.n_islands].add(node)

    def _restart_if_last(self, island: Island) -> None:
        """Empties an island that is behind all others and founds it anew with elites of the archive."""
        island.idle = 0
        others = [other.best_score for other in self._islands if other is not island]
        if not others or island.best_score >= min(others):
            return
        best = self._core.population.best(ELITES)
        elites = [node for node in best if node.score > island.best_score]
        rng = generator(self.run_seed, self._judged, stream=1)
        founded = Island()
        for place in distinct_below(rng, len(elites), 1 + self.migrants):
            founded.add(elites[place])
        self._islands[self._islands.index(island)] = founded
