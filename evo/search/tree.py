"""Tree search: step down to where the best is to be expected, widen there, tell it up."""

import math
from dataclasses import dataclass, field

import numpy as np

from evo.roles import ValueModel
from evo.search.growth import Growth
from evo.search.limits import at_least, share
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.tree_branches import Branch, Branches
from evo.search.tree_rules import PRIOR_SPREAD, may_widen, puct, shrunk_spread
from evo.types import EvaluateTask, Event, Plan, ProposeTask

Hope = tuple[float, float]
"""Highest mean predicted of a node's unjudged children, and their mean deviation, in the problem's unit."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A node of a tree, for reports; `parent` is empty at a root, `value` and `score` None if it has none."""

    id: str
    parent: str
    visits: int
    value: float | None
    score: float | None


@dataclass(eq=False)
class Tree:
    """Asynchronous Monte-Carlo tree search on candidates; an edge is "was made from", by the first parent.

    From the root it steps down to the child with the highest `evo.search.tree_rules.puct`: a high quantile of
    the subtree's scores, plus what the value model expects the child's unjudged offspring to add, plus `c`
    times what is uncertain, until it meets a node that may be widened and is itself worth as much as the best
    of its children: one more child competes with those there are, valued by the node's own score and by how
    few were made. That node is built on. One that may not be widened is passed over while others may. Scores
    count by their rank among the best of the run, so that `c` needs no unit.

    *Virtual loss*: an order and a candidate that is not judged count as visits that brought nothing, all the
    way up, so that parallel workers spread. A proposal that brought nothing new goes on counting as one.

    *Staleness*: every order is decided by all that is told by then, and none is repeated because it was once
    given. What waits counts as a child but not as a visit when a node is widened: the longer verdicts take,
    the fewer children are made from what may be overtaken by them. A chain whose start was overtaken by a
    sibling or child ends (`evo.search.chain`).

    Attributes:
        run_seed: all decisions follow from it and from the events told.
        plan: what the run offers.
        value: predicts what candidates are worth before they are judged.
        c: weight of what is uncertain.
        k, alpha: a node with N visits has up to ``k * N ** alpha`` children.
        quantile: of a subtree's scores that it is valued by; 1 for the best.
        chain: proposals in each step of a chained expansion, 0 for single steps; see `Growth`.

    Source: Silver et al., Nature 550 (2017), for the rule; Chaslot, Winands and van den Herik, Parallel
    Monte-Carlo Tree Search, 2008, for virtual loss; Inoue et al., arXiv 2503.04412, for one more child as a
    choice beside those there are. The constants were chosen on three of the stock landscapes with eight
    seeds each, and not checked on others: without that choice the search left good candidates too early
    there, and was behind `top_k`.
    """

    run_seed: int
    plan: Plan = field(default_factory=Plan)
    value: ValueModel | Screening | None = None
    c: float = 0.2
    k: float = 4.0
    alpha: float = 0.7
    quantile: float = 1.0
    chain: int = 0

    def __post_init__(self) -> None:
        at_least("search.c", self.c, 0, example=0.2)
        at_least("search.k", self.k, 0, example=4)
        share("search.alpha", self.alpha, example=0.7)
        share("search.quantile", self.quantile, example=0.9)
        self._growth = Growth(self.run_seed, self.plan, self.value, self.chain, self._select)
        self._core = self._growth.core
        self._hopes: dict[Branch, Hope] = {}
        self._hoped = -1
        self._expected: dict[Branch, tuple[int, int, Hope | None, float, float, float]] = {}
        self._ranks = -1  # changes of the run's best scores when that was begun

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
        return tree_rows(self._growth.branches, self.quantile)

    # -- selection ------------------------------------------------------------------------------

    def _select(self, rng: np.random.Generator) -> Node | None:
        at = self._growth.branches.root
        self._look_ahead()
        while True:
            below = [child for child in at.children if child.open]
            free = [child for child in below if child.open > child.is_open or self._widens(child)]
            if not below or (at.is_open and not free):
                return at.node
            worth, _, best = max(
                (self._worth(child, at.weight), child.index, child) for child in free or below
            )
            if at.is_open and self._widens(at) and self._own_worth(at) >= worth:
                return at.node
            at = best

    def _widens(self, branch: Branch) -> bool:
        return may_widen(branch.made + branch.flying, branch.visits, self.k, self.alpha)

    def _own_worth(self, branch: Branch) -> float:
        """Of making one more of `branch` itself: its own score, and how little was made of it."""
        score = -math.inf if branch.node is None else branch.node.score
        value = self._growth.branches.rank(score)
        tried = branch.made + branch.flying
        return puct(value, 0.0, PRIOR_SPREAD, branch.weight, tried, c=self.c)

    def _worth(self, branch: Branch, around: int) -> float:
        """Of stepping down to `branch`, in ranks."""
        hope, place = self._hopes.get(branch), branch.place(self.quantile)
        known = self._expected.get(branch)
        if known is None or known[:3] != (branch.changes, place, hope):
            # The same until one of its best scores or its hope changes, or the run's best and so all ranks.
            known = self._expected[branch] = (branch.changes, place, hope, *self._expect(branch, place, hope))
        value, gain, spread = known[3:]
        return puct(value, gain, spread, around, branch.weight, c=self.c)

    def _expect(self, branch: Branch, place: int, hope: Hope | None) -> tuple[float, float, float]:
        """The value of a branch, what is predicted on top of it, and the spread, in ranks."""
        rank = self._growth.branches.rank
        value = rank(branch.top[-place]) if place else 0.0
        if hope is not None:
            mean, std = hope
            return value, max(0.0, rank(mean) - value), (rank(mean + std) - rank(mean - std)) / 2
        if place:
            return value, 0.0, shrunk_spread(rank(branch.top[-1]), rank(branch.top[0]), len(branch.top))
        return value, 0.0, 0.0

    def _look_ahead(self) -> None:
        """Of each node with unjudged children: the highest mean predicted of one, and their mean deviation."""
        if self._hoped == self._growth.version:
            return
        if self._ranks != self._growth.branches.root.changes:
            self._ranks = self._growth.branches.root.changes
            self._expected.clear()
        self._hoped, self._hopes = self._growth.version, {}
        nodes = [node for node in self._growth.unjudged() if node.parents]
        rows = self._growth.forecasts(nodes)
        if rows is None:
            return
        children: dict[int, list[np.ndarray]] = {}
        for node, row in zip(nodes, rows, strict=True):
            children.setdefault(node.parents[0], []).append(row)
        population, branches = self._core.population, self._growth.branches
        for index, told in children.items():
            self._hopes[branches.of(population.nodes[index])] = (
                max(float(row[0]) for row in told),
                sum(float(row[1]) for row in told) / len(told),
            )


def tree_rows(branches: Branches, quantile: float) -> list[TreeRow]:
    """Every candidate of a tree with the quantile of its subtree's scores."""
    rows = []
    for branch in branches:
        node, above = branch.node, branch.parent
        if node is not None:
            parent = above.node.id if above is not None and above.node is not None else ""
            score = node.score if node.status == "ok" else None
            rows.append(TreeRow(node.id, parent, branch.visits, branch.quantile(quantile), score))
    return rows
