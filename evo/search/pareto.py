"""Candidates that no other beats on score, price and whatever else counts are parents."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from evo.champion import measures
from evo.errors import ConfigError, one_of
from evo.roles import ValueModel
from evo.search.core import Core
from evo.search.dossier import Dossiers
from evo.search.front import Front, Member, Point, winner_weights
from evo.search.limits import at_least, share
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import weighted_distinct
from evo.search.weights import exponential_weights
from evo.types import EvaluateTask, Evaluation, Event, Plan, ProposeTask, Steering

SHARPNESS = 1.0
"""Temperature in ranks of a draw by score."""

DIRECTIONS = ("max", "min")


@dataclass(frozen=True, slots=True)
class FrontRow:
    """A member of the front, for reports and for `evo.champion`.

    Attributes:
        id: of the candidate.
        score: higher is better.
        measures: the other objectives, each in its own unit; one that is not known is left out.
        crowding: room around it, infinite at the ends.
    """

    id: str
    score: float
    measures: Mapping[str, float]
    crowding: float


@dataclass(eq=False)
class Pareto:
    """Keeps the candidates that are not dominated on the objectives, and draws parents from these.

    A draw goes by score for `greed` of the tasks (sharply by rank), by crowding for `crowding` of them (as
    likely as it is to win a tournament of two: who has more room wins), and for the rest each member has
    the same chance. Values are those of the last stage; only what passed it belongs to the front; as
    long as nothing did, any that got as far as the furthest is a parent.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: predicts what candidates are worth before they are judged.
        objectives: name -> ``max`` or ``min``, ``score`` (always ``max``) among them: ``seconds``, ``usd``,
            ``tokens`` and ``gpu_seconds`` that judging took, or a metric of the problem. A candidate without
            one, or with an unknown price, counts as the worst on it.
        capacity: members that are kept, at least two for each objective.
        greed, crowding: shares of the tasks, in sum at most 1.

    Source: Deb et al., NSGA-II, IEEE TEVC 6 (2002), for domination and crowding. The constants are ours.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    objectives: Mapping[str, str] = field(default_factory=lambda: {"score": "max", "seconds": "min"})
    capacity: int = 64
    greed: float = 0.5
    crowding: float = 0.25

    def __post_init__(self) -> None:
        self._check()
        self._core = Core(self.run_seed, self.plan, self.value)
        self._dossiers = Dossiers(self.plan, self._core.population)
        self._front = Front(self.capacity)

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
            self._front.drop(event.target)
        if node is not None:
            self._settle(node)

    def front(self) -> list[FrontRow]:
        """The members, the best score first."""
        rows = [
            self._row(member, room)
            for member, room in zip(self._front.members, self._front.crowding(), strict=True)
        ]
        return sorted(rows, key=lambda row: -row.score)

    def _settle(self, node: Node) -> None:
        """Takes in a candidate that is judged to its end."""
        dossier = self._dossiers.close(node)
        if self._dossiers.is_through(node) and self._core.population.may_be_parent(node):
            self._front.add(node, self._point(node, dossier.verdict))

    def _point(self, node: Node, verdict: Evaluation | None) -> Point:
        found, known = [], {} if verdict is None else measures(verdict)
        for name, direction in self.objectives.items():
            value = node.score if name == "score" else known.get(name)
            if value is None:
                found.append(-math.inf)
            else:
                found.append(value if direction == "max" else -value)
        return tuple(found)

    def _row(self, member: Member, room: float) -> FrontRow:
        measures = {
            name: value if direction == "max" else -value
            for (name, direction), value in zip(self.objectives.items(), member.point, strict=True)
            if name != "score" and value != -math.inf
        }
        return FrontRow(member.node.id, member.node.score, measures, room)

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        if not len(self._front):
            return self._core.population.parents.draw(rng, n)
        members, way = list(self._front.members), rng.random()
        if way < self.greed:
            members.sort(key=lambda one: (-one.node.score, -one.node.index))
            weights = exponential_weights(len(members), SHARPNESS)
        elif way < self.greed + self.crowding:
            room = dict(zip(members, self._front.crowding(), strict=True))
            members.sort(key=lambda one: (-room[one], -one.node.index))
            weights = winner_weights(len(members))
        else:
            weights = [1.0] * len(members)
        return [members[place].node for place in weighted_distinct(rng, weights, n)]

    def _check(self) -> None:
        share("search.greed", self.greed, example=0.5)
        share("search.crowding", self.crowding, most=1 - self.greed, example=round(1 - self.greed, 3))
        if self.objectives.get("score") != "max":
            raise ConfigError(
                f"search.objectives must have score: max, got {dict(self.objectives)}. "
                "Set it with: evo run search.objectives.score=max"
            )
        for name, direction in self.objectives.items():
            if direction not in DIRECTIONS:
                raise ConfigError(
                    f"search.objectives.{name} must be max or min, got {direction!r}. "
                    f"{one_of(str(direction), DIRECTIONS)}"
                )
        least = 2 * len(self.objectives)
        at_least("search.capacity", self.capacity, least, example=max(64, least))
