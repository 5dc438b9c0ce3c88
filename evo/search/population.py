"""What is known about every candidate, without its files, and who may be a parent."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from evo.search.ranking import Ranking
from evo.search.seeding import distinct_below
from evo.types import Status


@dataclass(slots=True, eq=False)
class Node:
    """A candidate as a search sees it.

    Attributes:
        index: position in `Population.nodes`.
        number: of the task it answers; -1 if unknown.
        parents: indices of the candidates it was made from.
        is_seed: one of the problem's first candidates.
        status: None until it is judged; ``ok`` as long as no stage has refused it; ``lost`` when
            our own machinery failed as often as it may.
        stage: last stage that judged it ``ok``, counted from 0; -1 before.
        score: at `stage`; NaN before.
        lost: lost attempts at the stage it waits for.
    """

    index: int
    id: str
    number: int
    operator: str
    parents: tuple[int, ...]
    is_seed: bool
    status: Status | None = None
    stage: int = -1
    score: float = math.nan
    lost: int = 0


class Pool:
    """Candidates with a score: sorted by it, and open to uniform draws at constant cost."""

    def __init__(self) -> None:
        self.ranking = Ranking()
        self._members: list[Node] = []
        self._place: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, node: Node) -> bool:
        return node.index in self._place

    def add(self, node: Node) -> None:
        """Takes in a candidate that has a score and is not a member yet."""
        self.ranking.add(node.score, node.index)
        self._place[node.index] = len(self._members)
        self._members.append(node)

    def remove(self, node: Node) -> None:
        """Takes out a member whose score has not changed since it was added."""
        self.ranking.remove(node.score, node.index)
        place, last = self._place.pop(node.index), self._members.pop()
        if last is not node:
            self._members[place] = last
            self._place[last.index] = place

    def draw(self, rng: np.random.Generator, n: int) -> list[Node]:
        """Up to `n` distinct members, each with the same chance."""
        return [self._members[place] for place in distinct_below(rng, len(self._members), n)]


class Population:
    """Every candidate that was proposed, in the order in which that was told."""

    def __init__(self, n_stages: int) -> None:
        self.nodes: list[Node] = []
        self.seeds: list[Node] = []
        self._index: dict[str, int] = {}
        self._vetoed: set[str] = set()
        self._pools = [Pool() for _ in range(n_stages)]

    def __len__(self) -> int:
        return len(self.nodes)

    def find(self, candidate: str) -> Node | None:
        """The candidate with this id, or None."""
        index = self._index.get(candidate)
        return None if index is None else self.nodes[index]

    def add(self, candidate: str, number: int, operator: str, parents: Iterable[str], is_seed: bool) -> Node:
        """A new candidate that waits to be judged; parents that nobody told about are left out."""
        known = tuple(self._index[parent] for parent in parents if parent in self._index)
        node = Node(len(self.nodes), candidate, number, operator, known, is_seed)
        self.nodes.append(node)
        if is_seed:
            self.seeds.append(node)
        self._index[candidate] = node.index
        return node

    def passed(self, node: Node, stage: int, score: float) -> None:
        """`node` was judged ``ok`` at `stage`, the one after its last."""
        self._leave_pool(node)
        node.status, node.stage, node.score, node.lost = "ok", stage, score, 0
        if node.id not in self._vetoed:
            self._pools[stage].add(node)

    def failed(self, node: Node, status: Status) -> None:
        """`node` was refused, or given up as lost: it is nobody's parent, whatever it passed before."""
        self._leave_pool(node)
        node.status = status

    def veto(self, candidate: str) -> None:
        """This candidate, known already or not, is nobody's parent from now on."""
        node = self.find(candidate)
        if node is not None:
            self._leave_pool(node)
        self._vetoed.add(candidate)

    def may_be_parent(self, node: Node) -> bool:
        """Whether no stage has refused it so far, and no person."""
        return node.status == "ok" and node.id not in self._vetoed

    def may_be_built_on(self, node: Node) -> bool:
        """Whether it may be a parent, or is not judged yet: a chain of steps goes on from such a one."""
        return node.status in (None, "ok") and node.id not in self._vetoed

    def ancestor(self, node: Node, generations: int) -> Node:
        """So many steps up the line of first parents, or the first of that line."""
        for _ in range(generations):
            if not node.parents:
                break
            node = self.nodes[node.parents[0]]
        return node

    @property
    def parents(self) -> Pool:
        """Who may be a parent: the candidates that passed the last stage.

        A score of an earlier, cheaper stage cannot be compared with theirs, so those who got no
        further count only while nobody has passed the last one; then it is the furthest stage
        that anybody passed.
        """
        for pool in reversed(self._pools):
            if len(pool):
                return pool
        return self._pools[-1]

    def gain(self, node: Node) -> float:
        """How much better `node` is than its best parent; 0 if it is not, or did not pass the last stage.

        A candidate none of whose parents passed that is compared with the best seed; in the place of a
        parent that is not judged, such as a step of a chain, stands what that was made from.
        """
        parents = [self._judged_of(self.nodes[index]) for index in node.parents]
        before = [one.score for one in parents if self._is_through(one)]
        before = before or [one.score for one in self.seeds if self._is_through(one) and one is not node]
        return max(0.0, node.score - max(before)) if before and self._is_through(node) else 0.0

    def best(self, n: int) -> list[Node]:
        """The `n` best parents, the best first, of equal ones the newest first."""
        return [self.nodes[index] for index in islice(self.parents.ranking, n)]

    def draw_best(self, rng: np.random.Generator, n: int) -> list[Node]:
        """The `n` best parents, the best first; where scores are equal, chance decides who is among them."""
        ranking = self.parents.ranking
        chosen: list[Node] = []
        while len(chosen) < min(n, len(ranking)):
            first = len(chosen)  # all that are better than the next one are chosen
            tied = ranking.tied(first)
            places = distinct_below(rng, tied, n - first)
            chosen += [self.nodes[ranking.at(first + place)] for place in places]
        return chosen

    def _judged_of(self, node: Node) -> Node:
        """`node`, or the first of its line of first parents that is judged."""
        while node.status is None and node.parents:
            node = self.nodes[node.parents[0]]
        return node

    def _is_through(self, node: Node) -> bool:
        return node.status == "ok" and node.stage + 1 == len(self._pools)

    def _leave_pool(self, node: Node) -> None:
        if self.may_be_parent(node):
            self._pools[node.stage].remove(node)
