"""What every search must hold to where language models take part: costs, repairs, cold start, replies."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import pytest

from evo.roles import Search
from evo.testing.world import MODELS, World
from evo.types import Evaluation, Event, Plan, Proposal, ProposalStatus, ProposeTask, Reply

ROOMY = dataclasses.replace(MODELS, frontier=1000)


class ModelRules:
    """The part of `SearchContract` that is about language models."""

    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        """A function of the run's seed that gives a fresh search."""
        raise NotImplementedError("supply the fixture 'make'")

    def with_plan(self, search: Search, plan: Plan) -> Search:
        """A fresh search with the settings of `search` under another plan.

        Override this for a search that is no dataclass with a field ``plan``.
        """
        return dataclasses.replace(search, plan=plan)  # type: ignore[type-var]

    @pytest.mark.parametrize("bandit", [False, True])
    def test_tasks_name_a_model_of_their_operator(self, make: Callable[[int], Search], bandit: bool) -> None:
        search = self.with_plan(make(20), dataclasses.replace(MODELS, bandit=bandit))
        tasks = [task for task in _asked(search, World()) if task.operator != "seed"]
        shares = MODELS.operators
        assert all(task.model in (shares[task.operator].models or ("",)) for task in tasks)
        assert {"", "big", "small"} == {task.model for task in tasks}

    # -- what is shown --------------------------------------------------------------------------

    def test_inspirations_are_ok_and_others_than_the_parents(self, make: Callable[[int], Search]) -> None:
        search, world, found = self.with_plan(make(21), MODELS), World(), 0
        for _ in range(150):
            may = may_be_parents(world.journal, MODELS)
            for task in world.step(search, 2)[0]:
                share = MODELS.operators.get(task.operator)
                assert len(task.inspirations) <= (share.n_inspirations if share else 0)
                shown = {*task.inspirations}
                assert len(shown) == len(task.inspirations)
                assert shown <= may - {*task.parents}
                assert not (task.independent and shown)
                found += len(shown) + task.independent
        assert found

    def test_only_failures_of_models_are_repaired_each_once(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(22), MODELS), World(failing=0.5, lost=0, silent=0)
        tasks = {task.number: task for task in _asked(search, world)}
        repairs = [task for task in tasks.values() if task.repairs]
        made = {
            e.candidate.id: e
            for e in world.journal
            if isinstance(e, Proposal) and e.status == "ok" and e.candidate
        }
        ok = may_be_parents(world.journal, MODELS)
        for task in repairs:
            broken = made[task.repairs]
            assert not task.independent
            assert MODELS.operators[task.operator].repairs
            assert task.repairs not in ok
            assert broken.model
            assert set(task.parents) <= ok
            own = set(broken.parents) & ok
            assert set(task.parents) == own if own else len(task.parents) == 1
            before = tasks[broken.number].repairs
            assert not (before and tasks[made[before].number].repairs)  # no repair of a repair of a repair
        assert all(
            not MODELS.operators[t.operator].repairs for t in tasks.values() if not t.repairs and t.model
        )
        assert len({task.repairs for task in repairs}) == len(repairs)
        assert repairs or any(task.independent for task in tasks.values())

    def test_a_repair_is_in_flight_once(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(23), ROOMY), World(failing=0.7)
        _asked(search, world, turns=12)
        world.tell(search, world.answers(*search.ask(60)))
        world.tell(search, map(world.judge, search.choose(1000)))
        tasks = search.ask(100)
        repaired = [task.repairs for task in tasks if task.repairs]
        assert len(repaired) == len(set(repaired))
        assert len(repaired) > 1 or tasks[0].independent

    # -- cold start -----------------------------------------------------------------------------

    def test_the_cold_start_comes_after_the_seeds_and_before_all_else(
        self, make: Callable[[int], Search]
    ) -> None:
        search, world = self.with_plan(make(24), MODELS), World(failing=0, lost=0, silent=0)
        size = MODELS.n_seeds + MODELS.cold_start
        pool: list[ProposeTask] = []
        while len(pool) < size or unjudged(world.journal):
            assert len(pool) <= size
            asked, chosen = search.ask(3), search.choose(1)
            assert asked or chosen
            pool += asked
            world.tell(search, [*world.answers(*asked), *map(world.judge, chosen)])
        assert [task.number for task in pool] == list(range(size))
        starters = pool[MODELS.n_seeds :]
        assert {task.operator for task in starters} == {MODELS.starter}
        assert [task.model for task in starters] == ["big", "small", "big", "small", "big"]
        assert len({task.parents for task in starters}) == MODELS.n_seeds
        assert {parent for task in starters for parent in task.parents} <= _ids(world.journal, MODELS.n_seeds)
        later = _asked(search, world)
        assert len(later) > 100
        assert MODELS.starter not in {task.operator for task in later}

    def test_a_cold_start_that_fails_is_over(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(25), MODELS), World(failing=0, lost=0)
        world.step(search, 2)
        world.step(search, 2)
        statuses: Iterator[ProposalStatus] = iter(("lost", "invalid", "crashed", "timeout", "similar"))
        size = MODELS.n_seeds + MODELS.cold_start
        while len(_told(world.journal)) < size:
            tasks = search.ask(9)
            assert {task.operator for task in tasks} == {MODELS.starter}
            world.tell(
                search, [Proposal(t.number, t.operator, t.parents, status=next(statuses)) for t in tasks]
            )
        later = search.ask(1)
        assert [task.number for task in later] == [size]
        assert later[0].operator != MODELS.starter

    # -- replies --------------------------------------------------------------------------------

    @pytest.mark.parametrize("turns", [2, 4, 60])
    def test_what_was_paid_for_is_asked_again_and_first(
        self, make: Callable[[int], Search], turns: int
    ) -> None:
        search, world = self.with_plan(make(26), ROOMY), World()
        _asked(search, world, turns)
        in_flight = search.ask(12)
        paid = [task for task in in_flight if task.model][::2]
        assert paid
        world.tell(search, [*map(world.reply, reversed(paid))])
        resumed = self.with_plan(make(26), ROOMY)
        for event in [*world.journal, *world.journal]:
            resumed.tell(event)
        again = resumed.ask(1) + resumed.ask(20)
        assert again[: len(paid)] == paid
        used = _told(world.journal) | {task.number for task in paid}
        fresh = [task.number for task in again[len(paid) :]]
        assert not used & set(fresh)
        if again[-1].operator != MODELS.starter:
            assert fresh
            assert min(fresh) > max(used)
        for task in paid:  # live replies to what is in flight, such as a second call of the same task
            resumed.tell(dataclasses.replace(world.reply(task), turn=1))
        world.tell(resumed, map(world.propose, paid))
        assert not {task.number for task in paid} & {task.number for task in resumed.ask(20)}

    def test_a_reply_whose_proposal_was_told_is_used(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(27), ROOMY), World()
        _asked(search, world, 40)
        resumed = self.with_plan(make(27), ROOMY)
        replies = [event for event in world.journal if isinstance(event, Reply)]
        for event in [*world.journal, *replies]:
            resumed.tell(event)
        assert not {task.number for task in resumed.ask(50)} & _told(world.journal)

    def test_a_reply_to_what_is_in_flight_changes_nothing(self, make: Callable[[int], Search]) -> None:
        plain, told = (self.with_plan(make(28), ROOMY) for _ in range(2))
        world, other = World(), World()
        assert _asked(plain, world, 40) == _asked(told, other, 40)
        flying = [plain.ask(8), told.ask(8)]
        assert flying[0] == flying[1]
        for task in flying[1]:
            if task.model:
                told.tell(world.reply(task))
        assert plain.ask(8) == told.ask(8)
        assert plain.choose(8) == told.choose(8)

    def test_a_reply_that_nobody_can_read_is_let_go(self, make: Callable[[int], Search]) -> None:
        search, world = self.with_plan(make(29), ROOMY), World()
        _asked(search, world, 40)
        task = next(task for task in search.ask(20) if task.model)
        known = world.reply(task)
        strange = [
            dataclasses.replace(known, number=700, operator="gone"),
            dataclasses.replace(known, number=701, asked="gone"),
            dataclasses.replace(known, number=702, parents=("gone",)),
            dataclasses.replace(known, number=703, role="judge"),
        ]
        resumed = self.with_plan(make(29), ROOMY)
        for event in [*world.journal, *strange]:
            resumed.tell(event)
        assert min(task.number for task in resumed.ask(20)) == 704


def may_be_parents(journal: Sequence[Event], plan: Plan) -> set[str]:
    """Candidates that are ``ok`` at the last stage."""
    return {
        e.candidate
        for e in journal
        if isinstance(e, Evaluation) and e.status == "ok" and e.stage == plan.stages[-1]
    }


def unjudged(journal: Sequence[Event]) -> set[str]:
    """Candidates that were made and of which there is no verdict."""
    judged = {event.candidate for event in journal if isinstance(event, Evaluation)}
    proposed = (e for e in journal if isinstance(e, Proposal) and e.status == "ok")
    return {e.candidate.id for e in proposed if e.candidate} - judged


def _asked(search: Search, world: World, turns: int = 150) -> list[ProposeTask]:
    return [task for _ in range(turns) for task in world.step(search, 2)[0]]


def _told(journal: Sequence[Event]) -> set[int]:
    return {event.number for event in journal if isinstance(event, Proposal)}


def _ids(journal: Sequence[Event], n: int) -> set[str]:
    proposals = (event for event in journal if isinstance(event, Proposal) and event.number < n)
    return {event.candidate.id for event in proposals if event.candidate}
