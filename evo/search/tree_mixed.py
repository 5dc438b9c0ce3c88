"""The selection rules of AFlow and AgentSwift: a draw among judged candidates, flat over the whole tree."""

from dataclasses import dataclass, field

import numpy as np

from evo.roles import ValueModel
from evo.search.growth import Growth
from evo.search.limits import at_least, share
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import weighted
from evo.search.tree import TreeRow, tree_rows
from evo.search.tree_rules import mixed_probabilities
from evo.types import EvaluateTask, Event, Plan, ProposeTask

QUANTILE = 0.9
"""Of a subtree's scores, in reports; no decision depends on it."""


@dataclass(eq=False)
class MixedTree:
    """Draws the candidate to build on by `evo.search.tree_rules.mixed_probabilities`.

    The published rules measure scores in points of 100. Here 100 points are the span from the worst to the
    best score of those that are drawn from: a problem's unit is anything. With `span` it is that number.

    What was predicted of a candidate is the value model's forecast just before its verdict; surprise is 0
    without a model.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: predicts what candidates are worth before they are judged.
        best: so many of the best, and the first seed, may be drawn. AFlow's program has 4 in all. AgentSwift
            draws among all nodes; 256 of them keep the cost of a decision flat, and those beyond would
            share, with nearly the least probability each, what goes to exploring.
        uniform: lambda, the share that is drawn without regard to scores; .3 in AFlow's program.
        sharpness: alpha, of the softmax, for a point; .2 in AFlow's program.
        curiosity: beta, the weight of surprise; 0 in AFlow. AgentSwift's constants are not published: its
            lambda and alpha are AFlow's here, its beta is ours.
        span: score difference that counts as 100 points; 0 to take it from the scores.
        chain: proposals in each step of a chained expansion, 0 for single steps; see `Growth`.

    Source: AFlow, arXiv 2410.10762, and its program (MIT licence, constants only); AgentSwift, arXiv
    2506.06017.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    best: int = 256
    uniform: float = 0.3
    sharpness: float = 0.2
    curiosity: float = 0.0
    span: float = 0.0
    chain: int = 0

    def __post_init__(self) -> None:
        at_least("search.best", self.best, 1, example=4)
        share("search.uniform", self.uniform, example=0.3)
        at_least("search.sharpness", self.sharpness, 0, example=0.2)
        share("search.curiosity", self.curiosity, example=0.3)
        at_least("search.span", self.span, 0, example=1)
        self._growth = Growth(self.run_seed, self.plan, self.value, self.chain, self._select)
        self._core = self._growth.core
        self._drawn: tuple[list[Node], list[float]] = ([], [])
        self._as_of = -1

    def ask(self, n: int) -> list[ProposeTask]:
        """See `evo.roles.Search.ask`."""
        return self._growth.ask(n)

    def choose(self, n: int) -> list[EvaluateTask]:
        """See `evo.roles.Search.choose`."""
        return self._core.choose(n)

    def tell(self, event: Event) -> None:
        """See `evo.roles.Search.tell`."""
        self._growth.tell(event)

    def tree_rows(self) -> list[TreeRow]:
        """All nodes, for reports."""
        return tree_rows(self._growth.branches, QUANTILE)

    def probabilities(self) -> dict[str, float]:
        """Who may be drawn now, by id."""
        nodes, chances = self._chances()
        return {node.id: chance for node, chance in zip(nodes, chances, strict=True)}

    def _select(self, rng: np.random.Generator) -> Node | None:
        nodes, chances = self._chances()
        return nodes[weighted(rng, chances)] if nodes else None

    def _chances(self) -> tuple[list[Node], list[float]]:
        if self._as_of != self._growth.version:
            self._as_of = self._growth.version
            nodes = self._candidates()
            self._drawn = (nodes, self._weighed(nodes) if nodes else [])
        return self._drawn

    def _candidates(self) -> list[Node]:
        """The best, and the first seed in the place of the last of them."""
        population = self._core.population
        nodes = population.best(self.best)
        seeds = [node for node in population.seeds if node in population.parents]
        if seeds and seeds[0] not in nodes:
            nodes = [*nodes[: self.best - 1], seeds[0]] if self.best > 1 else nodes
        return nodes

    def _weighed(self, nodes: list[Node]) -> list[float]:
        scores = np.array([node.score for node in nodes])
        span = self.span or float(np.ptp(scores)) or 1.0
        surprises = np.array([self._growth.branches.of(node).own_surprise for node in nodes])
        points = 100 / span
        found = mixed_probabilities(
            scores * points, surprises * points, self.uniform, self.sharpness, self.curiosity
        )
        chances: list[float] = found.tolist()
        return chances
