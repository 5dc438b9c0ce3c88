"""Judging in this process."""

import asyncio
from collections.abc import Sequence

import pytest

from evo.errors import UnsafeMachine
from evo.pool.inline import InlinePool
from evo.types import EvaluateTask, Evaluation, Event
from tests.pool.toys import judge, spec, task


def all_at_once(pool: InlinePool, tasks: Sequence[EvaluateTask]) -> list[Event]:
    async def run() -> list[Event]:
        await pool.submit(tasks)
        return await pool.results()

    return asyncio.run(run())


def test_everything_submitted_comes_back_in_order() -> None:
    pool = InlinePool(spec(), slots=5)
    tasks = [task(f"c{i}", f"score {i}") for i in range(5)]
    events = all_at_once(pool, tasks)
    assert [(e.candidate, e.score) for e in events if isinstance(e, Evaluation)] == [
        (f"c{i}", float(i)) for i in range(5)
    ]
    assert pool.in_flight == 0


def test_it_takes_as_many_tasks_as_it_has_slots() -> None:
    pool = InlinePool(spec(), slots=3)
    assert (pool.free, pool.frontier) == (3, 3)
    asyncio.run(pool.submit([task("a", "score 1"), task("b", "score 1")]))
    assert (pool.free, pool.in_flight) == (1, 2)


def test_the_evaluator_stays_warm_and_is_closed_at_the_end() -> None:
    pool = InlinePool(spec(), slots=3)
    found = asyncio.run(judge(pool, [task(f"c{i}", "score 0") for i in range(3)]))
    assert [found[f"c{i}"].metrics["n_judged"] for i in range(3)] == [1.0, 2.0, 3.0]
    evaluator = pool._warm.open()
    asyncio.run(pool.close())
    assert evaluator.closed  # type: ignore[attr-defined]


def test_a_failing_evaluator_loses_its_task_and_is_made_anew() -> None:
    pool = InlinePool(spec(), slots=3)
    found = asyncio.run(judge(pool, [task("a", "score 1"), task("b", "raise boom", 2), task("c", "score 1")]))
    assert found["b"].status == "lost"
    assert found["b"].attempt == 2
    assert found["b"].feedback.endswith("RuntimeError: boom")
    assert found["c"].metrics["n_judged"] == 1.0, "the evaluator that raised judged again"
    assert pool.losses == {"evaluator failed": 1}


def test_a_refused_candidate_is_invalid_and_the_evaluator_goes_on() -> None:
    pool = InlinePool(spec(), slots=2)
    found = asyncio.run(judge(pool, [task("a", "refuse one number, please"), task("b", "score 1")]))
    assert (found["a"].status, found["a"].feedback) == ("invalid", "one number, please")
    assert found["b"].metrics["n_judged"] == 2.0


def test_what_is_raised_on_purpose_ends_the_run_after_what_is_done() -> None:
    pool = InlinePool(spec(), slots=2)
    done = all_at_once(pool, [task("a", "score 1"), task("b", "unsafe no jail here")])
    assert [e.candidate for e in done if isinstance(e, Evaluation)] == ["a"]
    with pytest.raises(UnsafeMachine, match="no jail here"):
        asyncio.run(pool.results())


def test_verdicts_carry_the_tasks_name_stage_attempt_and_sandbox() -> None:
    pool = InlinePool(spec())
    (found,) = all_at_once(pool, [task("a", "score 1", attempt=3, stage="selection")])
    assert isinstance(found, Evaluation)
    assert (found.candidate, found.stage, found.attempt, found.sandbox) == ("a", "selection", 3, "S0")


def test_the_problems_options_reach_the_evaluator() -> None:
    pool = InlinePool(spec(options={"bonus": 10.0}))
    (found,) = all_at_once(pool, [task("a", "score 1")])
    assert isinstance(found, Evaluation)
    assert found.score == 11.0
