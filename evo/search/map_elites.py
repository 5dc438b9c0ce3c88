"""The best of every kind of behaviour are parents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evo.errors import ConfigError
from evo.roles import ValueModel
from evo.search.core import Core
from evo.search.descriptors import check_metric, describe
from evo.search.dossier import Dossiers
from evo.search.grid import Axis, Grid
from evo.search.limits import at_least, share
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import weighted_distinct
from evo.search.weights import exponential_weights
from evo.types import EvaluateTask, Event, Plan, ProposeTask, Steering

MOST_CELLS = 1024
"""A draw looks at every cell, so there must not be more."""

SHARPNESS = 1.0
"""Temperature in ranks of a draw by score."""

UNDECLARED = ("text.characters", "text.structure")
"""Behaviour metrics where none are named."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid, for reports.

    Attributes:
        place: on each axis, from 0; -1 where the metric is missing.
        labels: the same in words, such as ``12 to 80``.
        candidate: id of the best.
        score: of the best.
        children, kept: made from it and judged; of these became the best of a cell.
    """

    place: tuple[int, ...]
    labels: tuple[str, ...]
    candidate: str
    score: float
    children: int
    kept: int


@dataclass(eq=False)
class MapElites:
    """Keeps the best candidate in each cell of a grid over behaviour metrics, and draws parents from these.

    A draw goes by score for `greed` of the tasks (sharply by rank among the elites), by curiosity for
    `curiosity` of them, in proportion to ``(1 + kept) / (2 + children)``, and for the rest each cell has
    the same chance. Only what passed the last stage enters the grid; as long as nothing did, any that
    got as far as the furthest is a parent. What lacks a metric is kept in cells of its own.

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: predicts what candidates are worth before they are judged.
        metrics: names of metrics that the problem measures, of built-in ones
            (`evo.search.descriptors.BUILT_IN`), or of slots of a design such as ``design.memory``; without
            any, `UNDECLARED`.
        bins: places on each axis; at most `MOST_CELLS` cells in all.
        ranges: metric -> (lowest, highest) value, for even places; others follow the quantiles of what
            was found (`evo.search.grid.Axis`).
        greed, curiosity: shares of the tasks, in sum at most 1.

    Source: Mouret and Clune, arXiv 1504.04909 (2015); curiosity after Cully and Demiris, Quality and
    Diversity Optimization, IEEE TEVC 22 (2018), as a smoothed share instead of a running sum. The
    constants are ours.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    metrics: Sequence[str] = ()
    bins: int = 8
    ranges: Mapping[str, Sequence[float]] = field(default_factory=dict)
    greed: float = 0.5
    curiosity: float = 0.25

    def __post_init__(self) -> None:
        self._names = tuple(self.metrics) or UNDECLARED
        self._check()
        self._core = Core(self.run_seed, self.plan, self.value)
        self._dossiers = Dossiers(self.plan, self._core.population)
        self._grid = Grid([Axis(self.bins, self._range(name)) for name in self._names])

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
            self._grid.drop(event.target)
        if node is not None:
            self._settle(node)

    def grid(self) -> list[Cell]:
        """Every cell that is not empty, in the order of places."""
        axes = self._grid.axes
        return [
            Cell(
                place,
                tuple(axis.label(at) for axis, at in zip(axes, place, strict=True)),
                elite.node.id,
                elite.node.score,
                elite.children,
                elite.kept,
            )
            for place, elite in sorted(self._grid.cells().items())
        ]

    def _settle(self, node: Node) -> None:
        """Takes in a candidate that is judged to its end, and credits those it was made from."""
        dossier, population = self._dossiers.close(node), self._core.population
        kept = False
        if self._dossiers.is_through(node) and population.may_be_parent(node):
            kept = self._grid.add(node, tuple(describe(name, dossier) for name in self._names))
        if node.status == "lost":
            return  # it says nothing of its parents
        for index in dict.fromkeys(node.parents):
            elite = self._grid.elite(population.nodes[index])
            if elite is not None:
                elite.children += 1
                elite.kept += kept

    def _pick(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        if not len(self._grid):
            return self._core.population.parents.draw(rng, n)
        elites, way = self._grid.ranked(), rng.random()
        if way < self.greed:
            weights = exponential_weights(len(elites), SHARPNESS)
        elif way < self.greed + self.curiosity:
            weights = [(1 + one.kept) / (2 + one.children) for one in elites]
        else:
            weights = [1.0] * len(elites)
        return [elites[place].node for place in weighted_distinct(rng, weights, n)]

    def _check(self) -> None:
        at_least("search.bins", self.bins, 1, example=8)
        share("search.greed", self.greed, example=0.5)
        share("search.curiosity", self.curiosity, most=1 - self.greed, example=round(1 - self.greed, 3))
        if isinstance(self.metrics, str) or len(set(self._names)) < len(self._names):
            raise ConfigError(
                f"search.metrics must be a list of different names, got {self.metrics!r}. "
                "Set it with: evo run 'search.metrics=[text.characters]'"
            )
        for name in self._names:
            check_metric("search.metrics", name)
        if self.bins ** len(self._names) > MOST_CELLS:
            raise ConfigError(
                f"search.bins must give at most {MOST_CELLS} cells, got {self.bins} places on each of "
                f"{len(self._names)} axes. Set it with: evo run search.bins="
                f"{int(MOST_CELLS ** (1 / len(self._names)) + 1e-9)}"
            )
        for name, span in self.ranges.items():
            if name not in self._names:
                raise ConfigError(
                    f"search.ranges names {name!r}, which is none of search.metrics: {', '.join(self._names)}"
                )
            if len(span) != 2 or not span[0] < span[1]:
                raise ConfigError(
                    f"search.ranges.{name} must be the lowest and the highest value, got {span!r}. "
                    f"Set it with: evo run 'search.ranges.{name}=[0,1]'"
                )

    def _range(self, name: str) -> tuple[float, float] | None:
        span = self.ranges.get(name)
        return None if span is None else (float(span[0]), float(span[1]))
