"""Chained expansion: recombine a candidate, mutate the best of that, refine the best of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from evo.search.population import Node, Population
from evo.types import OperatorShare, Plan, Proposal, Step

ORDER: tuple[Step, ...] = get_args(Step)

Rate = Callable[[Sequence[Node]], Sequence[float]]
"""What candidates are worth: the score of those that have one, the prediction of the others."""


@dataclass(slots=True, eq=False)
class Link:
    """One step of a chain: several proposals from the same candidate.

    Attributes:
        tip: the candidate; the product of an earlier step need not be judged.
        start: the judged candidate that the chain began at.
        step: place in the run's steps.
        told: proposals that came of it.
        products: those of them that are new candidates.
    """

    tip: Node
    start: Node
    step: int
    told: int = 0
    products: list[Node] = field(default_factory=list)


class Chains:
    """Which step comes next, and at which candidate.

    A chain begins with the first proposal of the first step that is told for a judged candidate. When
    `width` proposals of a step are told, whatever became of them, the product that is rated highest is
    the tip of the next step; without any the tip stays. A step that no operator of the run makes is left out.

    Everything here follows from the proposals and verdicts told, the parent and operator that stand in
    them; what is lost on the way is ordered anew.

    A chain ends early, and what it made stays where it is, when its tip failed, or when its start was
    overtaken: a child or sibling was judged that is better. The search then decides anew where to go on.

    Args:
        plan: of the run.
        population: of the run.
        width: proposals in a step.
        rate: what candidates are worth.

    Source: the order of steps and the choice by a value model: AgentSwift, arXiv 2506.06017.
    """

    def __init__(self, plan: Plan, population: Population, width: int, rate: Rate) -> None:
        self._population = population
        self._width = width
        self._rate = rate
        self._steps_of = {name: _step(name, share, plan) for name, share in plan.operators.items()}
        self.steps = tuple(step for step in ORDER if step in self._steps_of.values())
        """Those that the run has operators for, in order; with fewer than two there is nothing to chain."""
        self._open: dict[int, Link] = {}  # by the index of the tip, the oldest first

    def links(self) -> list[Link]:
        """Steps that are not complete, the oldest first."""
        return list(self._open.values())

    def told(self, proposal: Proposal, made: Node | None) -> None:
        """A proposal came, with the new candidate that it made, if any; to be told once."""
        if not proposal.parents or proposal.repairs or proposal.status == "lost":
            return
        tip = self._population.find(proposal.parents[0])
        if tip is None:
            return
        link = self._open.get(tip.index) or self._begun(proposal, tip)
        if link is None:
            return
        link.told += 1
        if made is not None:
            link.products.append(made)
        if link.told >= self._width:
            self._go_on(link)

    def settled(self, node: Node) -> None:
        """`node` was judged to its end, or vetoed: what builds on it or is behind it may be over."""
        for index, link in list(self._open.items()):
            start = link.start
            is_kin = node.parents[:1] in ((start.index,), start.parents[:1]) and node is not start
            overtaken = is_kin and self._population.may_be_parent(node) and node.score > start.score
            if (
                overtaken
                or not self._population.may_be_built_on(link.tip)
                or not self._population.may_be_parent(start)
            ):
                del self._open[index]

    def _begun(self, proposal: Proposal, tip: Node) -> Link | None:
        first = self._steps_of.get(proposal.operator) == self.steps[0]
        if not first or not self._population.may_be_parent(tip):
            return None
        link = self._open[tip.index] = Link(tip, tip, 0)
        return link

    def _go_on(self, link: Link) -> None:
        del self._open[link.tip.index]
        if link.step + 1 == len(self.steps):
            return
        sound = [node for node in link.products if self._population.may_be_built_on(node)]
        tip = link.tip
        if sound:
            rates = self._rate(sound)
            tip = sound[max(range(len(sound)), key=lambda place: rates[place])]
        if self._population.may_be_built_on(tip) and tip.index not in self._open:
            self._open[tip.index] = Link(tip, link.start, link.step + 1)


def _step(name: str, share: OperatorShare, plan: Plan) -> str:
    """The step that a run's operator makes; empty if it takes no part."""
    takes_part = share.weight > 0 and not share.repairs and name != plan.starter and share.n_parents
    return share.step if takes_part else ""
