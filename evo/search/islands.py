"""Groups that search apart and now and then exchange their best."""

from dataclasses import dataclass, field

import numpy as np

from evo.errors import ConfigError, one_of
from evo.roles import ValueModel
from evo.search.adaptive import FLATTEST as FLATTEST_Z
from evo.search.adaptive import NOVELTY, AdaptiveRule, GroupState, state_of
from evo.search.adaptive import SHARPEST as SHARPEST_Z
from evo.search.core import Core
from evo.search.dossier import Dossiers
from evo.search.founding import Pool
from evo.search.history import History
from evo.search.island import FLATTEST, SHARPEST, Island, RankRule
from evo.search.likeness import BLANK, Portrait
from evo.search.limits import at_least
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import distinct_below, generator
from evo.types import EvaluateTask, Event, Plan, ProposeTask, Steering

ELITES = 8
"""A new start is drawn from so many of the archive's best."""

RULES = ("rank", "adaptive")
"""How a parent may be drawn from an island."""


@dataclass(eq=False)
class Islands:
    """Several groups, each mostly building on its own best.

    They begin as one and part when `part_after` judgements brought no progress. From then on task
    `number` belongs to island ``number % n_islands``; seeds belong to all. A parent is drawn by its
    rank on the island (`evo.search.island.RankRule`) or by score and novelty
    (`evo.search.adaptive.AdaptiveRule`): sharply where the members are varied, more evenly where they
    have become alike. Every `migration_every` judgements each island's best are copied to the next on
    the ring.
    An island that found nothing better for `patience` judgements of its own, and is behind all
    others, starts again from the best of the whole archive.

    With a cold start they part as soon as its pool is judged: sorted into groups of candidates that
    look and behave alike, each of which founds an island. Where there are fewer groups than islands,
    the best founds the others.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: predicts what candidates are worth before they are judged.
        n_islands: groups.
        part_after: judgements without progress before the islands part; 0 parts them at once.
        migration_every: judgements, over all islands, between two migrations.
        migrants: best members that each island sends.
        patience: judgements of a starved island before it starts again.
        parents: how a parent is drawn, ``rank`` or ``adaptive``.
        sharpest, flattest: temperature of the draw at diversity 1 and at diversity 0: in ranks, or in
            robust standard deviations with ``adaptive``; None for what the rule has itself.
        novelty: of `AdaptiveRule`; ``rank`` has no use for it.

    Source: island models as in Romera-Paredes et al., Nature 625 (2024), and Whitley et al., The
    Island Model Genetic Algorithm, 1998; a temperature that falls with diversity as described for
    FM Agent, arXiv 2510.26144. The constants are measured on synthetic landscapes, the temperatures of
    the ranks on circle and bin packing with seeds 10 to 15.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    n_islands: int = 2
    part_after: int = 30
    migration_every: int = 5
    migrants: int = 1
    patience: int = 60
    parents: str = "rank"
    sharpest: float | None = None
    flattest: float | None = None
    novelty: float = NOVELTY

    def __post_init__(self) -> None:
        at_least("search.n_islands", self.n_islands, 1, example=4)
        at_least("search.part_after", self.part_after, 0, example=30)
        at_least("search.migration_every", self.migration_every, 1, example=5)
        at_least("search.migrants", self.migrants, 0, example=1)
        at_least("search.patience", self.patience, 1, example=60)
        self._rule = self._parent_rule()
        self._core = Core(self.run_seed, self.plan, self.value)
        self._dossiers = Dossiers(self.plan, self._core.population)
        self._islands = [Island(self._core.population) for _ in range(self.n_islands)]
        self._judged = 0
        self._history = History[list[GroupState]]()
        self._pool = Pool(self.plan) if self.plan.cold_start else None  # until the islands are founded
        self._parted = self.part_after == 0 and self._pool is None

    def _parent_rule(self) -> RankRule | AdaptiveRule:
        if self.parents not in RULES:
            raise ConfigError(f"search.parents has no choice {self.parents!r}. {one_of(self.parents, RULES)}")
        by_rank = self.parents == "rank"
        sharpest = self.sharpest if self.sharpest is not None else SHARPEST if by_rank else SHARPEST_Z
        flattest = self.flattest if self.flattest is not None else FLATTEST if by_rank else FLATTEST_Z
        return RankRule(sharpest, flattest) if by_rank else AdaptiveRule(sharpest, flattest, self.novelty)

    def ask(self, n: int) -> list[ProposeTask]:
        """See `evo.roles.Search.ask`."""
        return self._core.ask(n, self._pick)

    def choose(self, n: int) -> list[EvaluateTask]:
        """See `evo.roles.Search.choose`."""
        return self._core.choose(n)

    def tell(self, event: Event) -> None:
        """See `evo.roles.Search.tell`."""
        self._dossiers.note(event)
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
        if node is not None and self._history.is_due(self._judged):
            self._history.add(self._states())

    def history(self) -> list[GroupState]:
        """How varied the islands were over the run, in a bounded number of steps; all islands a step."""
        return [state for states in self._history.entries() for state in states]

    def _states(self) -> list[GroupState]:
        """Of each island; of one for all as long as they have not parted."""
        islands = self._islands if self._parted else self._islands[:1]
        return [
            state_of(island, self._judged, self._rule.diversity(island), number)
            for number, island in enumerate(islands)
        ]

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        island = self._islands[number % self.n_islands]
        if not len(island):
            return self._core.population.parents.draw(rng, n)
        return self._rule.draw(island, rng, n)

    def _settle(self, node: Node) -> None:
        """Notes a candidate that is judged to its end on the island that asked for it."""
        shared = node.is_seed or not self._parted
        homes = list(self._islands) if shared else [self._islands[node.number % self.n_islands]]
        portrait = Portrait(self._dossiers.close(node))
        for island in homes:
            before = island.best_score
            if self._dossiers.is_through(node) and self._core.population.may_be_parent(node):
                island.add(node, portrait)
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
        founded = [Island(population) for _ in range(self.n_islands)]
        for place, island in enumerate(founded):
            for node in groups[place] if place < len(groups) else population.best(1):
                island.add(node, self._portrait(node))
        self._islands = founded

    def _migrate(self) -> None:
        sent = [island.members()[: self.migrants] for island in self._islands]
        for place, nodes in enumerate(sent):
            for node in nodes:
                self._islands[(place + 1) % self.n_islands].add(node, self._portrait(node))

    def _restart_if_last(self, island: Island) -> None:
        """Empties an island that is behind all others and founds it anew with elites of the archive."""
        island.idle = 0
        others = [other.best_score for other in self._islands if other is not island]
        if not others or island.best_score >= min(others):
            return
        best = self._core.population.best(ELITES)
        elites = [node for node in best if node.score > island.best_score]
        rng = generator(self.run_seed, self._judged, stream=1)
        founded = Island(self._core.population)
        for place in distinct_below(rng, len(elites), 1 + self.migrants):
            founded.add(elites[place], self._portrait(elites[place]))
        self._islands[self._islands.index(island)] = founded

    def _portrait(self, node: Node) -> Portrait:
        """What an island remembers of `node`; nothing if none does."""
        return next((island.portrait(node) for island in self._islands if node in island), BLANK)
