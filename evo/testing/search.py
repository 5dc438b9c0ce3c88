"""What every search must hold to."""

import dataclasses
import random
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
import pytest

from evo.roles import Search
from evo.testing.search_models import ModelRules, may_be_parents, unjudged
from evo.testing.world import MODELS, ONE_STAGE, THREE_STAGES, World
from evo.types import EvaluateTask, Evaluation, Event, OperatorShare, Plan, Proposal, ProposeTask

__all__ = ["MODELS", "ONE_STAGE", "THREE_STAGES", "SearchContract", "World"]


class SearchContract(ModelRules):
    """Subclass it, and supply the fixture `make`.

    Example::

        class TestIslands(SearchContract):
            @pytest.fixture
            def make(self) -> Callable[[int], Search]:
                return lambda run_seed: Islands(n_islands=2, run_seed=run_seed)

    Attributes:
        surplus: candidates that may wait for each that the plan lets wait: more than 1 for a search that
            judges only some of what is proposed.
    """

    surplus: ClassVar[float] = 1.0

    # -- seeds ----------------------------------------------------------------------------------

    def test_ask_before_any_tell_gives_distinct_seeds(self, make: Callable[[int], Search]) -> None:
        search = self.with_plan(make(0), dataclasses.replace(ONE_STAGE, n_seeds=5, frontier=20))
        tasks = [*search.ask(3), *search.ask(9), *search.ask(9)]
        assert sorted(task.number for task in tasks) == [0, 1, 2, 3, 4]
        assert {(task.operator, task.parents, task.known) for task in tasks} == {("seed", (), 0)}
        assert len({task.seed for task in tasks}) == 5
        assert search.choose(9) == []

    def test_ask_for_nothing_gives_nothing(self, make: Callable[[int], Search]) -> None:
        search = make(0)
        assert search.ask(0) == []
        assert search.choose(0) == []
        assert len(search.ask(1)) == 1

    def test_only_seeds_until_all_seeds_are_judged(self, make: Callable[[int], Search]) -> None:
        plan = dataclasses.replace(THREE_STAGES, frontier=50)
        search, world = self.with_plan(make(1), plan), World(failing=0, lost=0.3)
        open_seeds = plan.n_seeds
        while open_seeds:
            asked, chosen = search.ask(9), search.choose(1)
            assert {task.operator for task in asked} <= {"seed"}
            assert asked or chosen
            world.tell(search, [*map(world.propose, asked), *map(world.judge, chosen)])
            open_seeds = plan.n_seeds - len(_settled(world.journal, plan))
        assert {task.operator for task in search.ask(9)} <= set(plan.operators)

    def test_a_seed_whose_number_was_skipped_is_asked_again(self, make: Callable[[int], Search]) -> None:
        plan = dataclasses.replace(ONE_STAGE, n_seeds=3)
        world = World()
        first = self.with_plan(make(0), plan)
        middle, last = first.ask(3)[1:]
        resumed = self.with_plan(make(0), plan)
        world.tell(resumed, [world.propose(last), world.propose(middle)])
        assert [task.number for task in resumed.ask(3)] == [0]

    # -- parents --------------------------------------------------------------------------------

    @pytest.mark.parametrize("plan", [ONE_STAGE, THREE_STAGES, MODELS])
    @pytest.mark.parametrize("n", [1, 4])
    def test_parents_are_told_and_ok(self, make: Callable[[int], Search], plan: Plan, n: int) -> None:
        search, world = self.with_plan(make(2), plan), World()
        for _ in range(200):
            may = may_be_parents(world.journal, plan)
            asked, _chosen = world.step(search, n)
            for task in asked:
                assert set(task.parents) <= may
        assert len(may) > 10

    def test_tasks_carry_as_many_distinct_parents_as_their_operator_takes(
        self, make: Callable[[int], Search]
    ) -> None:
        search, world = self.with_plan(make(3), ONE_STAGE), World()
        tasks = [task for _ in range(150) for task in world.step(search)[0] if task.operator != "seed"]
        assert {len(set(task.parents)) for task in tasks if task.operator == "change"} == {1}
        assert {len(set(task.parents)) for task in tasks if task.operator == "cross"} <= {2}

    def test_with_one_possible_parent_no_operator_waits_for_a_second(
        self, make: Callable[[int], Search]
    ) -> None:
        only = {"cross": OperatorShare(1.0, 2)}
        plan = dataclasses.replace(ONE_STAGE, n_seeds=1)
        for operators, expected in ((plan.operators, {"change"}), (only, {"cross"})):
            search = self.with_plan(make(0), dataclasses.replace(plan, operators=operators, frontier=20))
            world = World(lost=0)
            world.step(search)
            world.step(search)
            assert {task.operator for task in search.ask(20)} == expected

    def test_no_parent_gives_no_task(self, make: Callable[[int], Search]) -> None:
        search, world = make(0), World(lost=0)
        world.tell(search, map(world.propose, search.ask(1)))
        for task in search.choose(1):
            world.tell(search, [Evaluation(task.candidate, task.stage, task.attempt, "crashed")])
        assert search.ask(5) == []
        assert search.choose(5) == []

    # -- determinism ----------------------------------------------------------------------------

    @pytest.mark.parametrize("plan", [ONE_STAGE, THREE_STAGES, MODELS])
    @pytest.mark.parametrize("n", [1, 4])
    def test_replay_gives_the_same_decisions(self, make: Callable[[int], Search], plan: Plan, n: int) -> None:
        search, world, boundaries = self.with_plan(make(4), plan), World(levels=20), []
        for _ in range(120):
            boundary = len(world.journal)
            boundaries.append((boundary, *world.step(search, n)))
        for boundary, asked, chosen in boundaries[::3]:
            resumed = self.with_plan(make(4), plan)
            for event in world.journal[:boundary]:
                resumed.tell(event)
            assert resumed.ask(n) == asked
            assert resumed.choose(n) == chosen

    @pytest.mark.parametrize("plan", [ONE_STAGE, THREE_STAGES, MODELS])
    def test_told_twice_is_told_once(self, make: Callable[[int], Search], plan: Plan) -> None:
        journal = _history(self.with_plan(make(5), plan))
        roomy = dataclasses.replace(plan, frontier=100)
        once, twice, again = (self.with_plan(make(5), roomy) for _ in range(3))
        for event in journal:
            once.tell(event)
            again.tell(event)
            twice.tell(event)
            twice.tell(event)
        for event in journal:
            again.tell(event)
        asked, chosen = once.ask(20), once.choose(20)
        assert len(asked) == 20
        assert chosen
        for other in (twice, again):
            assert other.ask(20) == asked
            assert other.choose(20) == chosen

    @pytest.mark.parametrize("plan", [THREE_STAGES, MODELS])
    def test_told_in_any_order_nothing_is_judged_again(
        self, make: Callable[[int], Search], plan: Plan
    ) -> None:
        journal = _history(self.with_plan(make(6), plan))
        plan = dataclasses.replace(plan, frontier=1000)
        judged = {(e.candidate, e.stage) for e in journal if isinstance(e, Evaluation) and e.status != "lost"}
        known = {e.candidate.id for e in journal if isinstance(e, Proposal) and e.candidate}
        for shuffle in range(5):
            search = self.with_plan(make(6), plan)
            for event in random.Random(shuffle).sample(journal, len(journal)):
                search.tell(event)
            assert not judged & {(task.candidate, task.stage) for task in search.choose(1000)}
            may = may_be_parents(journal, plan)
            asked = search.ask(50)
            assert len(asked) == 50
            assert {parent for task in asked for parent in task.parents} <= may & known

    @pytest.mark.parametrize("plan", [ONE_STAGE, MODELS])
    def test_same_seed_same_decisions_other_seed_others(
        self, make: Callable[[int], Search], plan: Plan
    ) -> None:
        runs = [_decisions(self.with_plan(make(run_seed), plan)) for run_seed in (7, 7, 8)]
        assert runs[0] == runs[1]
        assert runs[0] != runs[2]

    def test_global_random_state_is_left_alone(self, make: Callable[[int], Search]) -> None:
        before = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
        _decisions(self.with_plan(make(9), ONE_STAGE))
        assert before == (random.getstate(), np.random.get_state()[1].tolist())  # type: ignore[index]  # noqa: NPY002

    @pytest.mark.parametrize("plan", [ONE_STAGE, MODELS])
    def test_selection_and_holdout_change_nothing(self, make: Callable[[int], Search], plan: Plan) -> None:
        journal = _history(self.with_plan(make(10), plan))
        roomy = dataclasses.replace(plan, frontier=100)
        plain, tempted = (self.with_plan(make(10), roomy) for _ in range(2))
        for event in journal:
            plain.tell(event)
            tempted.tell(event)
            if isinstance(event, Evaluation):
                for stage in ("selection", "holdout"):
                    tempted.tell(Evaluation(event.candidate, stage, 1, "ok", 1e6))
        asked = plain.ask(20)
        assert len(asked) == 20
        assert tempted.ask(20) == asked
        assert tempted.choose(20) == plain.choose(20)

    # -- the frontier ---------------------------------------------------------------------------

    @pytest.mark.parametrize("plan", [ONE_STAGE, THREE_STAGES, MODELS])
    def test_nothing_is_judged_twice_but_what_was_lost(
        self, make: Callable[[int], Search], plan: Plan
    ) -> None:
        search, world = self.with_plan(make(11), plan), World(repeating=0.3, lost=0.3)
        handed: dict[tuple[str, str], list[int]] = {}
        for _ in range(200):
            for task in world.step(search, 2)[1]:
                handed.setdefault((task.candidate, task.stage), []).append(task.attempt)
        assert all(attempts == list(range(1, len(attempts) + 1)) for attempts in handed.values())
        assert {len(attempts) for attempts in handed.values()} == set(range(1, plan.max_attempts + 1))
        again = [e for e in world.journal if isinstance(e, Evaluation) and e.attempt > 1]
        seeds = {(e.candidate, e.stage, e.seed) for e in world.journal if isinstance(e, Evaluation)}
        assert again
        assert len(seeds) == len(handed)  # a repeated evaluation draws what the first one drew

    def test_a_duplicate_is_never_judged(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(12), ONE_STAGE), World(lost=0)
        for _ in range(20):
            world.step(search, 2)
        known = next(e.candidate for e in world.journal if isinstance(e, Proposal) and e.candidate)
        for task in search.ask(4):
            world.tell(search, [Proposal(task.number, task.operator, task.parents, known, "duplicate")])
        assert known.id not in {task.candidate for task in search.choose(100)}

    def test_lost_is_tried_max_attempts_times_and_is_no_parent(self, make: Callable[[int], Search]) -> None:
        plan = dataclasses.replace(ONE_STAGE, n_seeds=2, max_attempts=4)
        search, world = self.with_plan(make(13), plan), World(lost=0, failing=0)
        first, second = map(world.propose, search.ask(2))
        world.tell(search, [first, second])
        attempts = []
        while tasks := search.choose(1):
            lost = first.candidate is not None and tasks[0].candidate == first.candidate.id
            attempts += [tasks[0].attempt] if lost else []
            events = [world.judge(tasks[0])]
            if lost:
                events = [Evaluation(tasks[0].candidate, tasks[0].stage, tasks[0].attempt, "lost")]
            world.tell(search, events)
        assert attempts == [1, 2, 3, 4]
        asked = search.ask(4)
        assert asked
        assert second.candidate is not None
        assert {parent for task in asked for parent in task.parents} == {second.candidate.id}

    def test_ask_holds_back_while_enough_waits(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(14), ONE_STAGE), World(lost=0, repeating=0)
        for _ in range(30):
            world.step(search, 2)
        while tasks := search.choose(9):
            world.tell(search, map(world.judge, tasks))
        asked = search.ask(3)
        assert len(asked) == 3
        rest = len(search.ask(99))
        assert (
            ONE_STAGE.frontier - 3 <= rest <= self.surplus * ONE_STAGE.frontier - 3
        )  # those asked for count
        world.tell(search, [Proposal(t.number, t.operator, t.parents, status="crashed") for t in asked])
        assert len(search.ask(9)) == 3  # a failed proposal leaves room
        assert search.ask(9) == []

    @pytest.mark.parametrize("plan", [ONE_STAGE, THREE_STAGES, MODELS])
    @pytest.mark.parametrize("slots", [1, 3, 16])
    def test_many_slots_in_any_order(self, make: Callable[[int], Search], plan: Plan, slots: int) -> None:
        """Tasks come back in random order, as from a cluster; nothing is in flight twice."""
        plan = dataclasses.replace(plan, frontier=2 * slots)
        search, world, order = self.with_plan(make(15), plan), World(lost=0.2), random.Random(slots)
        proposing: list[ProposeTask] = []
        judging: list[EvaluateTask] = []
        numbers: set[int] = set()
        judged = 0
        for _ in range(300):
            asked = search.ask(slots - len(proposing))
            chosen = search.choose(slots - len(judging))
            assert not numbers & {task.number for task in asked}
            numbers |= {task.number for task in asked}
            proposing += asked
            judging += chosen
            keys = [(task.candidate, task.stage) for task in judging]
            assert len(keys) == len(set(keys)) <= slots
            assert proposing or judging
            back = order.random() < 0.5 and proposing
            if back or not judging:
                world.tell(search, world.answers(proposing.pop(order.randrange(len(proposing)))))
            else:
                world.tell(search, [world.judge(judging.pop(order.randrange(len(judging))))])
                judged += 1
        assert judged > 50
        assert sorted(numbers) == list(range(len(numbers)))

    def test_never_more_candidates_wait_than_the_frontier_holds(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(16), ONE_STAGE), World(lost=0, repeating=0)
        waiting: set[str] = set()
        for _ in range(100):
            proposals = [world.propose(task) for task in search.ask(7)]
            world.tell(search, proposals)
            waiting |= {p.candidate.id for p in proposals if p.candidate}
            assert len(waiting) <= self.surplus * ONE_STAGE.frontier
            tasks = search.choose(1)
            waiting -= {task.candidate for task in tasks}
            world.tell(search, map(world.judge, tasks))


def _history(search: Search, turns: int = 80) -> list[Event]:
    """Ends with something that waits to be judged."""
    world = World()
    for _ in range(turns):
        world.step(search, 2)
    while not unjudged(world.journal):
        world.tell(search, map(world.propose, search.ask(2)))
    return world.journal


def _decisions(search: Search) -> list[tuple[list[ProposeTask], list[EvaluateTask]]]:
    world = World()
    return [world.step(search, 2) for _ in range(60)]


def _settled(journal: Sequence[Event], plan: Plan) -> set[str]:
    """Candidates of which nothing is left to judge, when no stage stops any."""
    told = [event for event in journal if isinstance(event, Evaluation)]
    return {
        e.candidate
        for e in told
        if (e.status == "ok" and e.stage == plan.stages[-1])
        or (e.status == "lost" and e.attempt == plan.max_attempts)
    }
