"""What tree searches share: they keep the tree up to date with what is told, and lead chains of steps."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from evo.roles import ValueModel
from evo.search.chain import Chains, Link
from evo.search.core import Core
from evo.search.limits import at_least
from evo.search.population import Node
from evo.search.screen import Screening
from evo.search.seeding import weighted_distinct
from evo.search.tree_branches import Branch, Branches
from evo.search.weights import rank_weights
from evo.types import Evaluation, Event, Plan, Proposal, ProposeTask, Steering

PARTNERS = 8
"""A second parent is one of so many of the best, the better the likelier."""

FRUITLESS = ("duplicate", "similar", "invalid", "timeout", "crashed")

Select = Callable[[np.random.Generator], Node | None]
"""The candidate to build on next; None while there is none."""


class Growth:
    """A tree that grows by what is told, on a `Core`.

    Args:
        run_seed, plan, value: as of every search.
        chain: proposals in each step of a chained expansion; 0 for single steps. Chains are led only while
            the value model is listened to (`Screen.surplus` above 1): without somebody who can tell what
            an unjudged candidate is worth, building on it is building on chance.
        select: whom to build on.
    """

    def __init__(
        self, run_seed: int, plan: Plan, value: ValueModel | Screening | None, chain: int, select: Select
    ) -> None:
        at_least("search.chain", chain, 0, example=3)
        self.core = Core(run_seed, plan, value)
        self.branches = Branches()
        self._select = select
        self._last = len(plan.stages) - 1
        self._chain = chain
        self._chains = Chains(plan, self.core.population, chain, self._rates)
        self._numbers: set[int] = set()  # of proposals told
        self._unjudged: dict[int, Branch] = {}  # by index: what is waited for
        self._flying: dict[int, Branch] = {}  # by number: orders of this process and whom they build on
        self._drawn: set[int] = set()  # numbers for which somebody was selected in this `ask`
        self._led: dict[int, Link] = {}  # by number: orders of this process that belong to a step
        self.version = 0
        """Changes with whatever is told."""

    # -- ask ------------------------------------------------------------------------------------

    def ask(self, n: int) -> list[ProposeTask]:
        """See `evo.roles.Search.ask`; what is asked for is virtual loss until it is told."""
        tasks = self.core.ask(n, self)
        for number in self._drawn:  # some of them came to nothing, or were given to a pinned candidate
            self._land(number)
        for task in tasks:
            self._board(task.number, task.parents[:1])
        self._drawn.clear()
        return tasks

    def step(self, number: int) -> str:
        """The step that order `number` is for, and whom it builds on; empty for a single one."""
        if not self._chain or len(self._chains.steps) < 2 or not self._is_listened_to():
            return ""
        link = self._due_link()
        if link is not None:
            self._led[number] = link
            return self._chains.steps[link.step]
        return self._chains.steps[0]

    def __call__(self, number: int, n: int, rng: np.random.Generator) -> list[Node]:
        """Parents for order `number`: who is to be built on, and partners from the best."""
        link = self._led.get(number)
        first = link.tip if link is not None else self._select(rng)
        if first is None:
            return self.core.population.parents.draw(rng, n)
        if number not in self._drawn:
            self._drawn.add(number)
            self._board(number, (first.id,))
        if n == 1:
            return [first]
        best = [node for node in self.core.population.draw_best(rng, PARTNERS + 1) if node is not first]
        chosen = weighted_distinct(rng, rank_weights(len(best), 1.0), n - 1)
        return [first, *(best[place] for place in chosen)]

    def _due_link(self) -> Link | None:
        """The oldest step that lacks proposals, those in flight counted."""
        flying = Counter(branch.index for branch in self._flying.values())
        due = (link for link in self._chains.links() if link.told + flying[link.tip.index] < self._chain)
        return next(due, None)

    def _is_listened_to(self) -> bool:
        return self.core.screen is not None and self.core.screen.surplus > 1

    def _board(self, number: int, parents: Sequence[str]) -> None:
        node = self.core.population.find(parents[0]) if parents else None
        if node is not None and number not in self._numbers:
            self._flying[number] = self.branches.of(node)
            self.branches.fly(self._flying[number])

    def _land(self, number: int) -> None:
        branch = self._flying.pop(number, None)
        if branch is not None:
            self.branches.fly(branch, -1)

    # -- tell -----------------------------------------------------------------------------------

    def tell(self, event: Event) -> Node | None:
        """Takes in an event; returns the candidate that is judged to its end by it, if any."""
        self.version += 1
        population, before = self.core.population, len(self.core.population)
        predicted = self._predicted(event)
        node = self.core.tell(event)
        for new in population.nodes[before:]:
            self._wait(self.branches.add(new))
        if isinstance(event, Proposal):
            self._told(event, population.nodes[before] if len(population) > before else None)
        elif isinstance(event, Steering) and event.action == "veto":
            self._vetoed(event.target)
        if node is not None:
            self._settle(node, predicted)
        self._let_go()
        return node

    def _told(self, proposal: Proposal, made: Node | None) -> None:
        self._land(proposal.number)
        self._led.pop(proposal.number, None)
        if proposal.number in self._numbers:
            return
        self._numbers.add(proposal.number)
        revived = self._revived(proposal) if made is None else None
        if revived is not None:
            self._wait(revived)
        elif made is None and proposal.status in FRUITLESS and proposal.parents:
            parent = self.core.population.find(proposal.parents[0])
            if parent is not None:
                self.branches.fruitless(self.branches.of(parent))
        if self._chain and len(self._chains.steps) > 1 and self._is_listened_to():
            self._chains.told(proposal, made)

    def _revived(self, proposal: Proposal) -> Branch | None:
        """A candidate that had been dropped unjudged and waits again."""
        if proposal.candidate is None or self.core.screen is None:
            return None
        node = self.core.population.find(proposal.candidate.id)
        waits = node is not None and node.status is None and node.index not in self.core.screen.dropped
        return (
            self.branches.of(node)
            if node is not None and waits and node.index not in self._unjudged
            else None
        )

    def _settle(self, node: Node, predicted: float | None) -> None:
        branch = self.branches.of(node)
        self._unwait(branch)
        if node.status != "lost":  # that says nothing of the candidate
            through = node.status == "ok" and node.stage == self._last
            may = self.core.population.may_be_parent(node)
            score = node.score if through and may and not branch.is_open else None
            surprise = 0.0 if score is None or predicted is None else abs(score - predicted)
            self.branches.judged(branch, score, surprise)
            if score is not None:
                self.branches.open(branch)
        self._chains.settled(node)

    def _vetoed(self, candidate: str) -> None:
        node = self.core.population.find(candidate)
        if node is not None:
            branch = self.branches.of(node)
            self.branches.close(branch, node.score if branch.is_open else None)
            self._chains.settled(node)

    def _wait(self, branch: Branch) -> None:
        if branch.index not in self._unjudged:
            self._unjudged[branch.index] = branch
            self.branches.wait(branch)

    def _unwait(self, branch: Branch) -> None:
        if self._unjudged.pop(branch.index, None) is not None:
            self.branches.wait(branch, -1)

    def _let_go(self) -> None:
        """What the screen has dropped is not waited for."""
        if self.core.screen is not None and self.core.screen.dropped:
            for index in [index for index in self._unjudged if index in self.core.screen.dropped]:
                self._unwait(self._unjudged[index])

    # -- predictions ----------------------------------------------------------------------------

    def unjudged(self) -> list[Node]:
        """Candidates that wait to be judged or judged further."""
        return [branch.node for branch in self._unjudged.values() if branch.node is not None]

    def forecasts(self, nodes: Sequence[Node]) -> np.ndarray | None:
        """``[n, 4]`` mean, std, ok, seconds of unjudged candidates; None without a value model that was fitted."""
        screen = self.core.screen
        if screen is None or screen.is_idle or not screen.value.n_fits or not nodes:
            return None
        return screen.forecasts(nodes)

    def _predicted(self, event: Event) -> float | None:
        """What is expected of a candidate whose verdict comes, before anybody learns from it."""
        node = self.core.population.find(event.candidate) if isinstance(event, Evaluation) else None
        if node is None or node.index not in self._unjudged:
            return None
        rows = self.forecasts([node])
        return None if rows is None else float(rows[0, 0])

    def _rates(self, nodes: Sequence[Node]) -> list[float]:
        """The score of what is judged; of the rest the predicted mean."""
        waiting = [node for node in nodes if node.index in self._unjudged]
        rows = self.forecasts(waiting)
        means = (
            {} if rows is None else dict(zip([n.index for n in waiting], rows[:, 0].tolist(), strict=True))
        )
        return [means.get(node.index, -math.inf if math.isnan(node.score) else node.score) for node in nodes]
