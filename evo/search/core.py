"""What all searches share: numbering, seeds first, back-pressure, stages, retries.

A search owns a `Core`, passes `ask`, `choose` and `tell` on to it, and supplies who the parents
are. Everything here is a function of the settings, the run's seed and the events told, but for
what is in flight in this process, which only keeps work from being handed out twice.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from evo.errors import ConfigError
from evo.roles import ValueModel
from evo.search.bandit import ArmRecord
from evo.search.frontier import Frontier, Waiting
from evo.search.limits import at_least
from evo.search.opening import Opening
from evo.search.orders import Orders, PickParents
from evo.search.pacing import Pacing
from evo.search.paid import Paid
from evo.search.population import Node, Population
from evo.search.screen import Screen, Screening
from evo.search.seeding import judge_seed
from evo.types import EvaluateTask, Evaluation, Event, Plan, Proposal, ProposeTask, Reply, Steering


class Core:
    """The part of a search that does not depend on how it picks parents."""

    def __init__(self, run_seed: int, plan: Plan, value: ValueModel | Screening | None = None) -> None:
        check_plan(run_seed, plan)
        self._run_seed = run_seed
        self._plan = plan
        self._stage = {name: stage for stage, name in enumerate(plan.stages)}
        self.population = Population(len(plan.stages))
        self.frontier = Frontier(plan)
        self.opening = Opening(plan)
        self._orders = Orders(run_seed, plan, self.population)
        self._paid = Paid(plan)
        self._pacing = Pacing(plan)
        self.screen = Screen(run_seed, plan, value) if value is not None else None
        """What keeps poor candidates from being judged; None without a value model."""
        self.known = 0
        """Evaluations on ``search`` stages told so far."""
        self._spent = Fraction(0)  # what they cost: in a race, the share of the cases that was judged
        self._told: set[int] = set()  # numbers of proposals
        self._next = self.opening.size
        self._in_flight: set[int] = set()  # numbers asked in this process and not told
        self._early: dict[tuple[str, int], list[Evaluation]] = {}  # told before what they build on

    # -- ask ------------------------------------------------------------------------------------

    def ask(self, n: int, pick: PickParents) -> list[ProposeTask]:
        """Up to `n` orders: fewer when enough waits to be judged or nobody can be a parent.

        First of all what was asked for before a crash and is paid for already.
        """
        n = min(n, self._room())
        tasks = self._order_again(n)
        if self.opening.over:
            tasks += self._order_children(n - len(tasks), pick)
        else:
            tasks += self._order_opening(n - len(tasks))
        return tasks

    def _room(self) -> int:
        """How many candidates may be ordered, given what waits and what is still ordered."""
        surplus = self.screen.surplus if self.screen is not None else 1.0
        if self.screen is not None and surplus > 1:
            room = math.ceil(self._plan.frontier * surplus) - self.screen.n_waiting
        else:
            room = self._pacing.frontier - self.frontier.n_waiting
        if limit := self._plan.limits.get("evaluations"):
            # No more than the evaluations that are left can judge, or choose from.
            left = (limit - self._spent) / self._plan.shares[0]
            room = min(room, math.ceil(surplus * left) - self.frontier.n_unjudged)
        return room - len(self._in_flight)

    def _order_again(self, n: int) -> list[ProposeTask]:
        found = (self._orders.again(reply) for reply in self._paid.waiting())
        tasks = list(islice((task for task in found if task is not None), max(n, 0)))
        for task in tasks:
            self._paid.drop(task.number)
            self._in_flight.add(task.number)
        return tasks

    def _order_opening(self, n: int) -> list[ProposeTask]:
        due = [number for number in self.opening.due() if number not in self._in_flight]
        found = (self._order_first(number) for number in due[: max(n, 0)])
        tasks = [task for task in found if task is not None]
        self._in_flight.update(task.number for task in tasks)
        return tasks

    def _order_first(self, number: int) -> ProposeTask | None:
        order = self._orders.seed if number < self._plan.n_seeds else self._orders.starter
        return order(number, self.known)

    def _order_children(self, n: int, pick: PickParents) -> list[ProposeTask]:
        tasks: list[ProposeTask] = []
        while len(tasks) < n:
            task = self._orders.child(self._next, self.known, len(self._told), pick)
            if task is None:
                break
            self._next += 1
            self._in_flight.add(task.number)
            tasks.append(task)
        return tasks

    # -- choose ---------------------------------------------------------------------------------

    def choose(self, n: int) -> list[EvaluateTask]:
        """The first `n` of what waits; none of them is offered again while it is in flight."""
        tasks = []
        for entry in list(islice(self._due(), max(n, 0))):
            self.frontier.hand_out(entry)
            candidate, stage = self.population.nodes[entry.index].id, self._plan.stages[entry.stage]
            # In a race everybody is compared on the same inputs, from the first case to the last.
            races, after = self.frontier.races(entry.stage), self.frontier.after(entry.stage)
            seed = judge_seed(self._run_seed, "" if races else candidate, "" if races else stage)
            tasks.append(EvaluateTask(candidate, stage, entry.attempt, seed, after=after))
        return tasks

    def _due(self) -> Iterator[Waiting]:
        """What waits, in the order in which it should be judged: the later stages, then the first.

        Of the first stage come the opening, as it was proposed, and then the newest: it was made from what
        is known now. What is left waiting by that is never more than what may wait at all.
        """
        nodes = self.population.nodes
        if self.screen is None or self.screen.surplus <= 1:
            yield from sorted(self.frontier.waiting(), key=self._turn)
            return
        first = {entry.index: entry for entry in self.frontier.waiting() if entry.stage == 0}
        yield from (entry for entry in self.frontier.waiting() if entry.stage > 0)
        for node in self.screen.order([nodes[index] for index in first]):
            yield first[node.index]

    def _turn(self, entry: Waiting) -> tuple[int, int]:
        """By stage, the last first; in the first the opening by its numbers, then retries, then the newest."""
        if entry.stage > 0:
            return -entry.stage, 0
        node = self.population.nodes[entry.index]
        if node.number < self.opening.size:
            return 0, node.number
        return (1, 0) if entry.attempt > 1 else (2, -entry.index)

    # -- tell -----------------------------------------------------------------------------------

    def tell(self, event: Event) -> Node | None:
        """Takes in an event; returns the candidate that is judged to its end by it, if any."""
        if isinstance(event, Proposal):
            return self._tell_proposal(event)
        if isinstance(event, Evaluation) and event.stage in self._stage:
            return self._tell_evaluation(event)
        if isinstance(event, Reply):
            self._tell_reply(event)
        elif isinstance(event, Steering) and event.action == "veto":
            self.population.veto(event.target)
            if (node := self.population.find(event.target)) is not None:
                self.frontier.leave_race(node.index)
        elif isinstance(event, Steering) and event.action == "pin":
            self._orders.pins.tell(event, len(self._told))
        return None  # other splits steer nothing

    def _tell_reply(self, reply: Reply) -> None:
        if reply.number in self._told:
            return
        self._next = max(self._next, reply.number + 1)
        self._orders.repairs.bought(reply)
        if reply.number not in self._in_flight:
            self._paid.add(reply)

    def _tell_proposal(self, proposal: Proposal) -> Node | None:
        if proposal.number in self._told:
            return None
        self._told.add(proposal.number)
        self._in_flight.discard(proposal.number)
        self._paid.drop(proposal.number)
        self._next = max(self._next, proposal.number + 1)
        self.opening.told(proposal.number)
        self._pacing.tell(proposal)
        node = self._new_node(proposal)
        self._orders.told(proposal, node)
        if self.screen is not None:
            self.screen.spent(proposal)
            node = node or self._revived(proposal, self.screen)
        if node is None:
            return None
        self.opening.waits(node)
        if not self.frontier.is_handed_out(node.index):
            self.frontier.add(node.index, stage=0, attempt=node.lost + 1)
        if self.screen is not None:
            self.screen.proposed(proposal, node)
        return self._catch_up(node)

    def _new_node(self, proposal: Proposal) -> Node | None:
        candidate, number = proposal.candidate, proposal.number
        if proposal.status != "ok" or candidate is None or self.population.find(candidate.id):
            return None
        is_seed = number < self._plan.n_seeds
        return self.population.add(candidate.id, number, proposal.operator, proposal.parents, is_seed)

    def _revived(self, proposal: Proposal, screen: Screen) -> Node | None:
        """A candidate that was dropped unjudged and is proposed again: it has another chance."""
        node = None if proposal.candidate is None else self.population.find(proposal.candidate.id)
        return node if node is not None and node.index in screen.dropped else None

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
        self._spent += self._plan.shares[stage]
        self._pacing.tell(evaluation)
        self._orders.judged(node, evaluation)
        if self.screen is not None:
            self._screen(self.screen, node, evaluation)
        if evaluation.score is None:
            self.population.failed(node, evaluation.status)
            self.frontier.leave_race(node.index)
        else:
            self.population.passed(node, stage, evaluation.score)
            climbs = self.frontier.climbs(node.index, stage, evaluation.score, node.is_seed, evaluation.cases)
            if not self.population.may_be_parent(node):
                self.frontier.leave_race(node.index)  # vetoed: it may finish, but it is nobody's bar
            if climbs or (node.id, stage + 1) in self._early:
                self.frontier.add(node.index, stage + 1)
                return self._catch_up(node)
            if self.screen is not None and self.frontier.races(stage) and stage + 1 < len(self._plan.stages):
                self._stopped(self.screen, node, evaluation)
        return self._settle(node)

    def _stopped(self, screen: Screen, node: Node, evaluation: Evaluation) -> None:
        """Lets the value model learn of a candidate that the race stopped what its cases so far say of all."""
        score = self.frontier.expected(evaluation)
        screen.stopped(node, replace(evaluation, stage=self._plan.stages[-1], score=score, seconds=0.0))

    def _screen(self, screen: Screen, node: Node, evaluation: Evaluation) -> None:
        """Lets the value model learn, and takes out of the queue what is not worth judging any more."""
        screen.spent(evaluation)
        for gone in screen.judged(node, evaluation):
            if not self.frontier.is_handed_out(gone.index):  # its verdict is paid for
                self.frontier.drop(gone.index)
            self._orders.dropped(gone)

    def _lost(self, node: Node, stage: int, attempt: int) -> Node | None:
        if attempt <= node.lost:
            return None
        node.lost = attempt
        self.known += 1
        if self.screen is not None and node.index in self.screen.dropped:
            self.frontier.drop(node.index)  # nobody wants it any more
            return None
        if attempt < self._plan.max_attempts:
            self.frontier.add(node.index, stage, attempt + 1)
            return None
        self.population.failed(node, "lost")
        self.frontier.leave_race(node.index)
        if self.screen is not None:
            self.screen.given_up(node)
        return self._settle(node)

    def _catch_up(self, node: Node) -> Node | None:
        """Tells again what was told about `node` before it could be understood."""
        settled = None
        for evaluation in self._early.pop((node.id, node.stage + 1), []):
            settled = self._tell_evaluation(evaluation) or settled
        return settled

    def _settle(self, node: Node) -> Node:
        self.frontier.drop(node.index)
        self.opening.settled(node)
        self._orders.settled(node)
        return node

    # -- for reports ----------------------------------------------------------------------------

    def arms(self) -> list[ArmRecord]:
        """What each operator with each model was asked for and brought; empty without a bandit."""
        bandit = self._orders.mix.bandit
        return bandit.arms() if bandit is not None else []


def check_plan(run_seed: int, plan: Plan) -> None:
    """Checks what every search is given.

    Raises:
        ConfigError: a number is out of range, or stages and shares do not match.
    """
    at_least("run.seed", run_seed, 0, example=0)
    for name, least in (("frontier", 1), ("max_attempts", 1), ("cold_start", 0)):
        value = getattr(plan, name)
        if value < least:
            raise ConfigError(
                f"{name} of a plan must be at least {least}, got {value}. Set it with: Plan({name}=3)"
            )
    if len(plan.race) > len(plan.stages) or any(
        a >= b for a, b in zip((0, *plan.race), plan.race, strict=False)
    ):
        raise ConfigError(
            f"race of a plan is the growing number of cases of its last stages, got {plan.race} for the stages "
            f"{', '.join(plan.stages)}. Set it with: Plan(stages=('search@8', 'search'), race=(8, 16))"
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
