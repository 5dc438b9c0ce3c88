"""The tree of who was made from whom: visits, orders under way, and the best scores below each node."""

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from evo.search.population import Node

LEVELS = 64
"""Generations below the root. What is made from a node of the last one stands beside it, so that no path is
longer: the cost of a step does not grow with the run."""

LIVE = 32
"""Children that a step down chooses from; of more the one whose subtree is worst is left for good."""

TOP = 64
"""Best scores that a node remembers of its subtree. A quantile that lies below all of them is taken for the
last of them: at a quantile of 0.9 from 640 visits on."""


@dataclass(slots=True, eq=False)
class Branch:
    """A candidate in the tree with what is known of its subtree, itself included.

    Attributes:
        node: None at the root, whose children are the candidates without a parent.
        parent: None at the root.
        depth: 0 at the root.
        children: those that a step down may choose, at most `LIVE`.
        made: candidates and fruitless proposals that were made from it, unjudged ones among them.
        flying: orders to make something of it that are not told.
        visits: judgements in the subtree, and proposals that brought nothing to judge.
        waiting: unjudged candidates in the subtree.
        pending: virtual loss: those, and orders.
        beside: what was made from it and stands beside it for the tree's depth.
        top: best scores in the subtree, ascending, at most `TOP`.
        changes: how often `top` changed.
        surprise: sum over the subtree's judgements of how far they were from what was predicted.
        own_surprise: of its own judgement.
        open: candidates in the subtree that may be parents and can be reached by steps down.
        is_counted, is_open, is_retired: it was judged; it may be a parent; it is no child of its parent any more.
    """

    node: Node | None
    parent: "Branch | None"
    depth: int
    children: "list[Branch]" = field(default_factory=list)
    made: int = 0
    flying: int = 0
    visits: int = 0
    waiting: int = 0
    pending: int = 0
    beside: int = 0
    top: list[float] = field(default_factory=list)
    changes: int = 0
    surprise: float = 0.0
    own_surprise: float = 0.0
    open: int = 0
    is_counted: bool = False
    is_open: bool = False
    is_retired: bool = False

    @property
    def weight(self) -> int:
        """Visits, with what is under way counted as visits that brought nothing."""
        return self.visits + self.pending + self.beside

    @property
    def index(self) -> int:
        """Of the candidate, in the order in which they were told; -1 at the root."""
        return -1 if self.node is None else self.node.index

    def line(self) -> "Iterator[Branch]":
        """Itself and its ancestors, the root last."""
        at: Branch | None = self
        while at is not None:
            yield at
            at = at.parent

    def place(self, share: float) -> int:
        """Which of the best scores about ``1 - share`` of the `weight` reach: 1 for the best; 0 without any.

        It is the ``ceil((1 - share) * weight)``-th, or the last that is remembered.
        """
        place = 1 if share >= 1 else max(1, math.ceil((1 - share) * self.weight - 1e-9))
        return min(place, len(self.top))

    def quantile(self, share: float) -> float | None:
        """A score that about ``1 - share`` of the `weight` reach; failures and what is under way do not."""
        return self.top[-self.place(share)] if self.top else None


class Branches:
    """All branches, by the index of their candidate."""

    def __init__(self) -> None:
        self.root = Branch(None, None, 0)
        self._of: list[Branch] = []

    def __len__(self) -> int:
        return len(self._of)

    def __iter__(self) -> Iterator[Branch]:
        return iter(self._of)

    def of(self, node: Node) -> Branch:
        """The branch of a candidate that was added."""
        return self._of[node.index]

    def rank(self, score: float) -> float:
        """Place of a score among the best of the run, from 0 (below all) to 1 (above all)."""
        top = self.root.top
        return (bisect_left(top, score) + bisect_right(top, score)) / (2 * len(top)) if top else 0.0

    def add(self, node: Node) -> Branch:
        """A new candidate; they come in the order of their indices. It waits to be judged (`wait`)."""
        maker = self._of[node.parents[0]] if node.parents else self.root
        parent = maker
        if maker.depth >= LEVELS and maker.parent is not None:
            parent = maker.parent
            maker.beside += 1
        maker.made += 1
        branch = Branch(node, parent, parent.depth + 1)
        self._of.append(branch)
        parent.children.append(branch)
        if len(parent.children) > LIVE:
            self._retire_worst(parent)
        return branch

    def wait(self, branch: Branch, n: int = 1) -> None:
        """`n` more candidates wait to be judged at `branch`; with -1 one of them does not any more."""
        for at in branch.line():
            at.waiting += n
            at.pending += n

    def fly(self, branch: Branch, n: int = 1) -> None:
        """`n` more orders are out to make something of `branch`; with -1 one of them is over."""
        branch.flying += n
        for at in branch.line():
            at.pending += n

    def fruitless(self, branch: Branch) -> None:
        """A proposal was made from `branch` and there is nothing to judge."""
        branch.made += 1
        for at in branch.line():
            at.visits += 1

    def judged(self, branch: Branch, score: float | None, surprise: float = 0.0) -> None:
        """The verdict on a candidate, told up its line; a second one adds only what the first lacked.

        Args:
            branch: of the candidate.
            score: at the last stage; None if it did not get there.
            surprise: how far the score is from what was predicted.
        """
        visits = 0 if branch.is_counted else 1
        branch.is_counted = True
        branch.own_surprise += surprise
        for at in branch.line():
            at.visits += visits
            at.surprise += surprise
            if score is not None:
                _remember(at, score)

    def open(self, branch: Branch) -> None:
        """A candidate may be a parent from now on."""
        if not branch.is_open:
            branch.is_open = True
            _count(branch, 1)

    def close(self, branch: Branch, score: float | None = None) -> None:
        """It may not any more, and nobody remembers its `score`."""
        if branch.is_open:
            branch.is_open = False
            _count(branch, -1)
        if score is not None:
            for at in branch.line():
                _forget(at, score)

    def _retire_worst(self, parent: Branch) -> None:
        """Leaves out of `parent`'s children the one that promises least; none while verdicts on all are awaited.

        Orders under way do not count: a resumed run does not know them, and has to leave out the same one.
        """
        idle = [child for child in parent.children if not child.waiting and child.is_counted]
        if not idle:
            return
        worst = min(idle, key=lambda child: (child.open > 0, child.top[-1:] or [-math.inf], child.index))
        _count(worst, -worst.open, within=False)
        worst.is_retired = True
        parent.children.remove(worst)


def _count(branch: Branch, n: int, within: bool = True) -> None:
    """Adds to `open` up to the root, or to the first branch that is nobody's child any more."""
    for at in branch.line():
        if within or at is not branch:
            at.open += n
        if at.is_retired:
            return


def _remember(branch: Branch, score: float) -> None:
    top = branch.top
    if len(top) == TOP:
        if score <= top[0]:
            return
        del top[0]
    insort(top, score)
    branch.changes += 1


def _forget(branch: Branch, score: float) -> None:
    place = bisect_left(branch.top, score)
    if place < len(branch.top) and branch.top[place] == score:
        del branch.top[place]
        branch.changes += 1
