"""Parents are drawn by score, the more sharply the more varied the best are."""

from dataclasses import dataclass, field

import numpy as np

from evo.roles import ValueModel
from evo.search.core import Core
from evo.search.dossier import Dossiers
from evo.search.group import Group
from evo.search.history import History
from evo.search.likeness import Portrait
from evo.search.limits import at_least
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import weighted_distinct
from evo.search.weights import adaptive_weights, temperature
from evo.types import EvaluateTask, Event, Plan, ProposeTask, Steering

SHARPEST, FLATTEST = 0.05, 0.2
"""Temperatures of `AdaptiveRule` where nothing else is said: better than 0.1 and 0.5 after 100 judgements on
each of three NK landscapes (8 to 16 seeds), and beyond that no different within the noise."""

NOVELTY = 0.5
"""Weight of novelty where nothing else is said; on those landscapes 0 and 1 could not be told apart."""


@dataclass(frozen=True, slots=True)
class AdaptiveRule:
    """Draws parents from a group: exploits it while it is varied, explores it once it has collapsed.

    With d the group's diversity (`evo.search.likeness`), z the robust z-values of its scores and ν the
    members' novelty, the chance of a member is proportional to ``exp(z / τ) (1 + novelty ν)``, with τ
    falling evenly from `flattest` at d = 0 to `sharpest` at d = 1.

    Attributes:
        sharpest, flattest: temperature at diversity 1 and at diversity 0, in robust standard deviations.
        novelty: so many times more the most novel member is drawn.

    Source: adaptive diversity-driven sampling as described for FM Agent, arXiv 2510.26144, which gives
    no formula; this one, and its constants, are ours.
    """

    sharpest: float = SHARPEST
    flattest: float = FLATTEST
    novelty: float = NOVELTY

    def __post_init__(self) -> None:
        at_least("search.sharpest", self.sharpest, 0.01, example=0.1)
        at_least("search.flattest", self.flattest, self.sharpest, example=self.sharpest + 1)
        at_least("search.novelty", self.novelty, 0, example=1.0)

    def diversity(self, group: Group) -> float:
        """Of `group`, in [0, 1]."""
        return group.likeness().diversity

    def draw(self, group: Group, rng: np.random.Generator, n: int) -> list[Node]:
        """Up to `n` distinct members of `group`, which is not empty."""
        members, found = group.members(), group.likeness()
        tau = temperature(found.diversity, self.sharpest, self.flattest)
        weights = adaptive_weights([node.score for node in members], found.novelty, tau, self.novelty)
        return [members[place] for place in weighted_distinct(rng, weights, n)]


@dataclass(frozen=True, slots=True)
class GroupState:
    """How varied a group was, for reports.

    Attributes:
        judged: candidates that were judged to their end by then.
        group: 0 for the only one; the number of the island otherwise.
        members: how many there were.
        diversity: in [0, 1].
        best: score; None for an empty group.
    """

    judged: int
    group: int
    members: int
    diversity: float
    best: float | None


@dataclass(eq=False)
class Adaptive:
    """Draws parents from the best `group` candidates by score and novelty; see `AdaptiveRule`.

    A candidate belongs to them if it passed the last stage; as long as none did, any that got as far as
    the furthest is drawn. When a person vetoes a member, no earlier one comes back in its place.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: predicts what candidates are worth before they are judged.
        group: how many of the best may be parents, at least 2. Those near the end are hardly ever drawn,
            but they count in the median that scores are measured by.
        sharpest, flattest, novelty: see `AdaptiveRule`.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    group: int = 64
    sharpest: float = SHARPEST
    flattest: float = FLATTEST
    novelty: float = NOVELTY

    def __post_init__(self) -> None:
        at_least("search.group", self.group, 2, example=64)
        self._rule = AdaptiveRule(self.sharpest, self.flattest, self.novelty)
        self._core = Core(self.run_seed, self.plan, self.value)
        self._dossiers = Dossiers(self.plan, self._core.population)
        self._group = Group(self.group)
        self._judged = 0
        self._history = History[GroupState]()

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
        if isinstance(event, Steering) and event.action == "veto":
            self._group.drop(event.target)
        if node is not None:
            self._settle(node)

    def history(self) -> list[GroupState]:
        """How varied the best were over the run, in a bounded number of steps."""
        return self._history.entries()

    def _settle(self, node: Node) -> None:
        """Takes in a candidate that is judged to its end."""
        self._judged += 1
        dossier = self._dossiers.close(node)
        if self._dossiers.is_through(node) and self._core.population.may_be_parent(node):
            self._group.add(node, Portrait(dossier))
        if self._history.is_due(self._judged):
            self._history.add(state_of(self._group, self._judged, self._rule.diversity(self._group)))

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        if not len(self._group):
            return self._core.population.parents.draw(rng, n)
        return self._rule.draw(self._group, rng, n)


def state_of(group: Group, judged: int, diversity: float, number: int = 0) -> GroupState:
    """What `group` is like when `judged` candidates are judged."""
    best = group.best_score if len(group) else None
    return GroupState(judged, number, len(group), diversity, best)
