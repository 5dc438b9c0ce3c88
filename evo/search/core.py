"""What all searches share: numbering, seeds first, back-pressure, stages, retries.

A search owns a `Core`, passes `ask`, `choose` and `tell` on to it, and supplies who the parents
are. Everything here is a function of the settings, the run's seed and the events told, but for
what is in flight in this process, which only keeps work from being handed out twice.
"""

from collections.abc import Callable
from itertools import islice

import numpy as np

from evo.errors import ConfigError
from evo.search.frontier import Frontier
from evo.search.limits import at_least
from evo.search.operator_mix import OperatorMix
from evo.search.population import Node, Population
from evo.search.seeding import generator, judge_seed, task_seed
from evo.types import EvaluateTask, Evaluation, Event, Plan, Proposal, ProposeTask

PickParents = Callable[[int, int, np.random.Generator], list[Node]]
"""``pick(number, n, rng)``: up to `n` distinct parents for task `number`, drawn from `rng` alone."""


class Core:
    """The part of a search that does not depend on how it picks parents."""

    def __init__(self, run_seed: int, plan: Plan) -> None:
        check_plan(run_seed, plan)
        self._run_seed = run_seed
        self._plan = plan
        self._stage = {name: stage for stage, name in enumerate(plan.stages)}
        self._mix = OperatorMix(plan.operators)
        self.population = Population(len(plan.stages))
        self.frontier = Frontier(plan)
        self.known = 0
        """Evaluations on ``search`` stages told so far."""
        self._told: set[int] = set()  # numbers of proposals
        self._untold_seeds = list(range(plan.n_seeds))
        self._next = plan.n_seeds
        self._in_flight: set[int] = set()  # numbers asked in this process and not told
        self._open_seeds: set[int] = set()  # indices of seeds that are not judged to the end
        self._early: dict[tuple[str, int], list[Evaluation]] = {}  # told before what they build on

    # -- ask ------------------------------------------------------------------------------------

    def ask(self, n: int, pick: PickParents) -> list[ProposeTask]:
        """Up to `n` orders: fewer when enough waits to be judged or nobody can be a parent."""
        n = min(n, self._plan.frontier - self.frontier.n_waiting - len(self._in_flight))
        if self._untold_seeds or self._open_seeds:
            free = [number for number in self._untold_seeds if number not in self._in_flight]
            tasks = [self._order_seed(number) for number in free[: max(n, 0)]]
        else:
            tasks = self._order_children(n, pick)
        self._in_flight.update(task.number for task in tasks)
        return tasks

    def _order_seed(self, number: int) -> ProposeTask:
        seed = task_seed(generator(self._run_seed, number))
        return ProposeTask(number=number, operator="seed", seed=seed, known=self.known)

    def _order_children(self, n: int, pick: PickParents) -> list[ProposeTask]:
        tasks: list[ProposeTask] = []
        while len(tasks) < n:
            task = self._order_child(self._next, pick)
            if task is None:
                break
            self._next += 1
            tasks.append(task)
        return tasks

    def _order_child(self, number: int, pick: PickParents) -> ProposeTask | None:
        """None if every operator takes parents and there are none."""
        rng = generator(self._run_seed, number)
        seed = task_seed(rng)
        operator, n_parents = self._mix.draw(rng)
        parents = pick(number, n_parents, rng)
        if len(parents) < n_parents:
            operator, n_parents = self._mix.draw_fitting(rng, len(parents)) or (operator, n_parents)
            parents = (parents * n_parents)[:n_parents]  # where no operator does with fewer, one serves twice
            if len(parents) < n_parents:
                return None
        ids = tuple(parent.id for parent in parents)
        return ProposeTask(number=number, operator=operator, parents=ids, seed=seed, known=self.known)

    # -- choose ---------------------------------------------------------------------------------

    def choose(self, n: int) -> list[EvaluateTask]:
        """The first `n` of what waits; none of them is offered again while it is in flight."""
        entries = list(islice(self.frontier.waiting(), max(n, 0)))
        tasks = []
        for entry in entries:
            self.frontier.hand_out(entry)
            candidate, stage = self.population.nodes[entry.index].id, self._plan.stages[entry.stage]
            seed = judge_seed(self._run_seed, candidate, stage)
            tasks.append(EvaluateTask(candidate=candidate, stage=stage, attempt=entry.attempt, seed=seed))
        return tasks

    # -- tell -----------------------------------------------------------------------------------

    def tell(self, event: Event) -> Node | None:
        """Takes in an event; returns the candidate that is judged to its end by it, if any."""
        if isinstance(event, Proposal):
            return self._tell_proposal(event)
        if isinstance(event, Evaluation) and event.stage in self._stage:
            return self._tell_evaluation(event)
        return None  # other splits steer nothing

    def _tell_proposal(self, proposal: Proposal) -> Node | None:
        if proposal.number in self._told:
            return None
        self._told.add(proposal.number)
        self._in_flight.discard(proposal.number)
        self._next = max(self._next, proposal.number + 1)
        is_seed = proposal.number < self._plan.n_seeds
        if is_seed:
            self._untold_seeds.remove(proposal.number)
        candidate = proposal.candidate
        if proposal.status != "ok" or candidate is None or self.population.find(candidate.id):
            return None
        node = self.population.add(
            candidate.id, proposal.number, proposal.operator, proposal.parents, is_seed
        )
        if is_seed:
            self._open_seeds.add(node.index)
        self.frontier.add(node.index, stage=0)
        return self._catch_up(node)

    def _tell_evaluation(self, evaluation: Evaluation) -> Node | None:
        node, stage = self.population.find(evaluation.candidate), self._stage[evaluation.stage]
        at = -1 if node is None else node.stage
        if node is None or stage > at + 1:
            self._early.setdefault((evaluation.candidate, stage), []).append(evaluation)
            return None
        if stage <= at or node.status not in (None, "ok", "lost"):
            return None  # judged there already; the first verdict stands
        if evaluation.status == "lost":
            return self._lost(node, stage, evaluation.attempt)
        self.known += 1
        if evaluation.score is None:
            self.population.failed(node, evaluation.status)
        else:
            self.population.passed(node, stage, evaluation.score)
            climbs = self.frontier.climbs(node.index, stage, evaluation.score, node.is_seed)
            if climbs or (node.id, stage + 1) in self._early:
                self.frontier.add(node.index, stage + 1)
                return self._catch_up(node)
        return self._settle(node)

    def _lost(self, node: Node, stage: int, attempt: int) -> Node | None:
        if attempt <= node.lost:
            return None
        node.lost = attempt
        self.known += 1
        if attempt < self._plan.max_attempts:
            self.frontier.add(node.index, stage, attempt + 1)
            return None
        self.population.failed(node, "lost")
        return self._settle(node)

    def _catch_up(self, node: Node) -> Node | None:
        """Tells again what was told about `node` before it could be understood."""
        settled = None
        for evaluation in self._early.pop((node.id, node.stage + 1), []):
            settled = self._tell_evaluation(evaluation) or settled
        return settled

    def _settle(self, node: Node) -> Node:
        self.frontier.drop(node.index)
        self._open_seeds.discard(node.index)
        return node


def check_plan(run_seed: int, plan: Plan) -> None:
    """Checks what every search is given.

    Raises:
        ConfigError: a number is out of range, or stages and shares do not match.
    """
    at_least("run.seed", run_seed, 0, example=0)
    for name, value in (("frontier", plan.frontier), ("max_attempts", plan.max_attempts)):
        if value < 1:
            raise ConfigError(
                f"{name} of a plan must be at least 1, got {value}. Set it with: Plan({name}=3)"
            )
    if not plan.stages or len(set(plan.stages)) < len(plan.stages) or len(plan.keep) != len(plan.stages):
        raise ConfigError(
            f"a problem has stages with different names and a keep share for each, got stages "
            f"{', '.join(plan.stages) or 'none'} and shares {plan.keep}. Set them in its problem.py"
        )
    for stage, keep in zip(plan.stages, plan.keep, strict=True):
        if not 0 < keep <= 1:
            raise ConfigError(
                f"keep of stage {stage} must be above 0 and at most 1, got {keep}. Set it in problem.py: "
                f"Stage(name={stage!r}, keep=0.25)"
            )
