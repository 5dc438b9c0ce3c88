"""What a task for a new candidate says: operator, model, parents, and what else is shown."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from evo.search.inspirations import inspirations
from evo.search.operator_mix import Arm, OperatorMix
from evo.search.pins import Pins
from evo.search.population import Node, Population
from evo.search.repairs import Repairs
from evo.search.seeding import generator, task_seed
from evo.types import Evaluation, Plan, Proposal, ProposeTask, Reply

PickParents = Callable[[int, int, np.random.Generator], list[Node]]
"""``pick(number, n, rng)``: up to `n` distinct parents for task `number`, drawn from `rng` alone."""


class PickStep(Protocol):
    """What a `PickParents` may have besides: it says which step of a chain a task is for."""

    def step(self, number: int) -> str:
        """The step (`OperatorShare.step`) of task `number`, asked before its parents are; empty for any operator."""


class Orders:
    """Writes tasks. Everything that is random in one comes from the run's seed and its number."""

    def __init__(self, run_seed: int, plan: Plan, population: Population) -> None:
        self._run_seed = run_seed
        self._plan = plan
        self._population = population
        self.mix = OperatorMix(plan)
        self.repairs = Repairs(plan, population)
        self.pins = Pins(population)

    def seed(self, number: int, known: int) -> ProposeTask:
        """The task for a seed."""
        return ProposeTask(number=number, operator="seed", seed=self._seed(number), known=known)

    def starter(self, number: int, known: int) -> ProposeTask | None:
        """The task for a candidate of the cold start; None if no seed can be its parent.

        Models take turns, and with every round of them the seeds do.
        """
        arms = [arm for arm in self.mix.arms if arm.operator == self._plan.starter]
        seeds = sorted(filter(self._population.may_be_parent, self._population.seeds), key=_number)
        place, n_parents = number - self._plan.n_seeds, arms[0].share.n_parents
        if n_parents and not seeds:
            return None
        first = place // len(arms)
        parents = tuple(seeds[(first + i) % len(seeds)].id for i in range(n_parents))
        model = arms[place % len(arms)].model
        return ProposeTask(number, self._plan.starter, parents, self._seed(number), known, model=model)

    def again(self, reply: Reply) -> ProposeTask | None:
        """The task that `reply` was bought for; None while its relatives are not what they were."""
        parents, shown = (
            [self._population.find(name) for name in names] for names in (reply.parents, reply.inspirations)
        )
        if not all(node is not None and self._population.may_be_built_on(node) for node in parents):
            return None
        if not all(node is not None and self._population.may_be_parent(node) for node in shown):
            return None
        if reply.repairs and not self.repairs.is_failed(reply.repairs):
            return None
        return ProposeTask(
            number=reply.number,
            operator=reply.operator,
            parents=reply.parents,
            seed=self._seed(reply.number),
            known=reply.known,
            model=reply.asked,
            inspirations=reply.inspirations,
            repairs=reply.repairs,
        )

    def child(self, number: int, known: int, n_told: int, pick: PickParents) -> ProposeTask | None:
        """The task for any other candidate; None if every operator takes parents and there are none.

        Args:
            number: of the task.
            known: evaluations told so far.
            n_told: proposals told so far.
            pick: draws the parents.
        """
        rng = generator(self._run_seed, number)
        seed = task_seed(rng)
        broken = self.repairs.newest() if len(self._population.parents) else None
        asked: PickStep | None = (
            pick if hasattr(pick, "step") else None
        )  # `isinstance` would cost a tenth of an order
        step = asked.step(number) if asked is not None else ""
        arm = self.mix.draw(rng, number, repairs=broken is not None, step=step)
        if arm is None:
            return None
        if arm.share.repairs and broken is not None:
            parents = self._parents_of(broken)
            self.repairs.take(number, broken)
        else:
            broken = None
            arm, parents = self._fit(arm, number, pick, rng)
            if len(parents) < arm.share.n_parents:
                return None
            pinned = self.pins.parent(number, n_told)
            if pinned is not None and pinned not in parents:
                parents = [pinned, *parents][: len(parents)]
        shown = arm.share.n_inspirations
        examples = inspirations(self._population, parents, shown, rng) if shown else []
        return ProposeTask(
            number=number,
            operator=arm.operator,
            parents=tuple(node.id for node in parents),
            seed=seed,
            known=known,
            model=arm.model,
            inspirations=tuple(node.id for node in examples),
            repairs=broken.id if broken is not None else "",
        )

    # -- what comes of them -----------------------------------------------------------------------

    def told(self, proposal: Proposal, node: Node | None) -> None:
        """A proposal came, with the new candidate that it made, if any; to be told once."""
        self.mix.tell(proposal, node)
        self.repairs.finished(proposal, node)

    def judged(self, node: Node, evaluation: Evaluation) -> None:
        """A stage judged `node`, and its verdict counts."""
        if self.mix.bandit is not None:
            self.mix.bandit.judged(node.index, evaluation)

    def settled(self, node: Node) -> None:
        """`node` is judged to its end, or given up."""
        self.repairs.failed(node)
        # One that was lost says nothing of its arm; a late verdict may still come.
        if self.mix.bandit is not None and node.status != "lost":
            self.mix.bandit.settled(node.index, self._population.gain(node))

    def dropped(self, node: Node) -> None:
        """`node` will not be judged: better ones wait."""
        if self.mix.bandit is not None:
            self.mix.bandit.dropped(node.index)

    # -- parts ------------------------------------------------------------------------------------

    def _fit(
        self, arm: Arm, number: int, pick: PickParents, rng: np.random.Generator
    ) -> tuple[Arm, list[Node]]:
        """Parents for `arm`, or where there are too few, an arm that does with those there are."""
        parents = pick(number, arm.share.n_parents, rng)
        if len(parents) < arm.share.n_parents:
            arm = self.mix.draw(rng, number, max_parents=len(parents)) or arm
            n = arm.share.n_parents
            parents = (parents * n)[:n]  # where no operator does with fewer, one serves twice
        return arm, parents

    def _parents_of(self, broken: Node) -> list[Node]:
        """Those of a failed candidate that may be parents; if none may, the best candidate."""
        may = self._population.parents
        own = [self._population.nodes[index] for index in dict.fromkeys(broken.parents)]
        return [node for node in own if node in may] or self._population.best(1)

    def _seed(self, number: int) -> int:
        return task_seed(generator(self._run_seed, number))


def _number(node: Node) -> int:
    return node.number
