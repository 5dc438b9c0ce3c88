"""The loop with its real parts: journal, archive, search, operators, pools. Only the judge is a toy of this file."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evo.budget import Budget, Limits
from evo.errors import ProblemError
from evo.loop import Engine, SeedCheck
from evo.pool.proposers import Proposers
from evo.search.greedy import Greedy
from evo.store.archive import Archive
from evo.store.journal import Journal
from evo.types import Candidate, EvaluateTask, Evaluation, Event, OperatorShare, Plan, Proposal, ProposeTask


class Number:
    """Candidates are one number; the operator adds about 1 or, every third time, makes a known one again."""

    n_parents = 1

    def __call__(self, task: ProposeTask) -> Candidate:
        parent = float(task.relatives[0].candidate.files["n"])
        step = 0.0 if task.number % 3 == 0 else 1 + task.number / 1000
        return Candidate.of({"n": repr(parent + step)}, task.parents, "add")


class Zero:
    n_parents = 0

    def __call__(self, task: ProposeTask) -> Candidate:
        return Candidate.of({"n": "0.0"})


class SlowPool:
    """Judges on the event loop, out of order, and remembers how much was in flight at once."""

    deterministic = False

    def __init__(self, slots: int, verdict: Any = None) -> None:
        self.slots, self.most = slots, 0
        self.verdict = verdict or (lambda task: Evaluation.ok(float(task.files["n"])))
        self._running: set[asyncio.Task[Evaluation]] = set()

    @property
    def free(self) -> int:
        return self.slots - self.in_flight

    @property
    def in_flight(self) -> int:
        return len(self._running)

    async def submit(self, tasks: Sequence[EvaluateTask]) -> None:
        self._running |= {asyncio.create_task(self._judge(task)) for task in tasks}
        self.most = max(self.most, self.in_flight)

    async def _judge(self, task: EvaluateTask) -> Evaluation:
        await asyncio.sleep(0.001 * (hash(task.candidate) % 5))
        verdict = self.verdict(task)
        return Evaluation(
            task.candidate, task.stage, task.attempt, verdict.status, verdict.score, feedback=verdict.feedback
        )

    async def results(self) -> list[Event]:
        done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        self._running -= done  # more may have been submitted in the meantime
        return [task.result() for task in done]

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def engine(folder: Path, limits: Limits, pool: SlowPool, **more: Any) -> Engine:
    journal = Journal.open(folder)
    plan = Plan(operators={"add": OperatorShare()}, frontier=pool.slots)
    return Engine(
        Greedy(run_seed=0, plan=plan),
        Archive(journal, ("search",)),
        Budget(limits),
        journal,
        Proposers({"seed": Zero(), "add": Number()}, slots=4),
        pool,
        **more,
    )


def run(made: Engine) -> Any:
    async def work() -> Any:
        try:
            return await made.run()
        finally:
            await made.close()
            made.journal.close()

    return asyncio.run(work())


@pytest.mark.parametrize("slots", [1, 2, 7])
def test_a_run_spends_its_budget_and_not_more(tmp_path: Path, slots: int) -> None:
    pool = SlowPool(slots)
    made = engine(tmp_path, Limits(evaluations=40), pool)
    ending = run(made)
    assert (ending.met, made.budget.evaluations) == (True, 40)
    assert pool.most >= min(slots, 4)  # four proposals are made at a time
    assert made.archive.champion().score > 5


def test_all_that_was_proposed_is_judged_when_the_proposals_are_spent(tmp_path: Path) -> None:
    made = engine(tmp_path, Limits(evaluations=None, proposals=30), SlowPool(2))
    ending = run(made)
    assert (ending.met, ending.reason) == (True, "proposals budget of 30 spent")
    known = list(made.archive.standings())
    assert made.budget.proposals == 30
    assert made.budget.evaluations == len(known) > 15  # every third repeats a known one


def test_no_more_is_proposed_than_the_evaluations_that_are_left_can_judge(tmp_path: Path) -> None:
    pool = SlowPool(4)
    plan = Plan(operators={"add": OperatorShare()}, frontier=4, limits={"evaluations": 21.0})
    made = engine(tmp_path, Limits(evaluations=21), pool)
    made.search = Greedy(run_seed=0, plan=plan)
    run(made)
    assert made.budget.evaluations == len(list(made.archive.standings())) == 21


def test_everything_told_was_recorded_first(tmp_path: Path) -> None:
    seen: list[Event] = []

    class Watcher:
        def tell(self, event: Event) -> None:
            on_disk = list(Journal.replay(made.journal))
            assert event in on_disk
            seen.append(event)

        def tick(self, proposing: int, judging: int) -> None: ...

    made = engine(tmp_path, Limits(evaluations=8), SlowPool(2), observers=[Watcher()])
    run(made)
    assert sum(isinstance(event, Evaluation) for event in seen) == 8


def test_a_known_candidate_is_marked_and_not_judged_again(tmp_path: Path) -> None:
    made = engine(tmp_path, Limits(evaluations=20), SlowPool(2))
    run(made)
    with_journal = Journal.open(tmp_path)
    events = list(with_journal.replay())
    with_journal.close()
    judged = [event.candidate for event in events if isinstance(event, Evaluation)]
    assert len(judged) == len(set(judged)) == 20
    marked = [event for event in events if isinstance(event, Proposal) and event.status == "duplicate"]
    assert marked
    first = {}
    for event in events:
        if isinstance(event, Proposal) and event.candidate:
            assert (event.status == "duplicate") == (event.candidate.id in first)
            first.setdefault(event.candidate.id, event)


def test_a_resumed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    run(engine(tmp_path, Limits(evaluations=10), SlowPool(3)))
    again = engine(tmp_path, Limits(evaluations=25), SlowPool(3))
    assert run(again).met
    assert again.budget.evaluations == 25
    with_journal = Journal.open(tmp_path)
    judged = [event.candidate for event in with_journal.replay() if isinstance(event, Evaluation)]
    with_journal.close()
    assert len(judged) == len(set(judged)) == 25


def test_a_run_that_cannot_go_on_says_so(tmp_path: Path) -> None:
    class Stuck(Number):
        def __call__(self, task: ProposeTask) -> Candidate:
            return Candidate.of({"n": "0.0"}, task.parents, "add")

    made = engine(tmp_path, Limits(evaluations=10, stalled_after=30), SlowPool(1))
    made.proposers = Proposers({"seed": Zero(), "add": Stuck()}, slots=4)
    ending = run(made)
    assert not ending.met
    assert "no new candidate" in ending.reason


def test_a_stop_is_noticed(tmp_path: Path) -> None:
    made = engine(tmp_path, Limits(evaluations=10_000), SlowPool(1))
    made.stop = lambda: made.budget.evaluations >= 5
    ending = run(made)
    assert ending.interrupted
    assert 5 <= made.budget.evaluations < 10


def test_lost_work_is_tried_again_and_never_a_score(tmp_path: Path) -> None:
    def verdict(task: EvaluateTask) -> Evaluation:
        lost = task.attempt == 1 and hash(task.candidate) % 2
        return Evaluation.failed("lost", "node gone") if lost else Evaluation.ok(float(task.files["n"]))

    made = engine(tmp_path, Limits(evaluations=12), SlowPool(2, verdict))
    assert run(made).met
    assert made.budget.lost > 0
    assert made.archive.champion().score > 1


def test_a_problem_whose_seed_is_refused_is_refused(tmp_path: Path) -> None:
    made = engine(tmp_path, Limits(), SlowPool(1, lambda task: Evaluation.failed("invalid", "no numbers")))
    with pytest.raises(ProblemError, match=r"seed is not ok.*invalid: no numbers"):
        run(made)


def test_one_good_seed_is_enough() -> None:
    good, bad = Candidate.of({"n": "1"}), Candidate.of({"n": "2"})
    check = SeedCheck(2)
    check.tell(Proposal(0, "seed", candidate=bad))
    check.tell(Evaluation(bad.id, "search", status="invalid"))
    check.tell(Proposal(1, "seed", candidate=good))
    check.tell(Evaluation(good.id, "search", score=1.0))
    assert check.passed
