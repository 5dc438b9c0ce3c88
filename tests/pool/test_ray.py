"""Judging on Ray, with real workers that really die."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evo import Evaluation, Problem
from evo.errors import ConfigError, EndedEarly, PluginError, UnsafeMachine
from evo.pool.cluster import Cluster
from evo.pool.ray import RayPool
from evo.pool.worker import WorkerSpec
from evo.types import Stage
from tests.pool.toys import FOLDER, judge, spec, task

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def _on_ray(ray_session: Cluster) -> Iterator[None]:
    """Every test here joins the session's Ray and leaves nothing reserved in it."""
    yield
    ray = ray_session.ray
    deadline = time.monotonic() + 20
    while ray.available_resources().get("CPU") != ray.cluster_resources()["CPU"]:
        assert time.monotonic() < deadline, "workers outlive their pool"
        time.sleep(0.05)


def on_pool(work: Callable[[RayPool], Awaitable[None]], made_of: WorkerSpec, **settings: Any) -> RayPool:
    """Runs `work` on a pool, closes the pool, and returns it."""

    async def run() -> RayPool:
        pool = RayPool(made_of, **settings)
        try:
            await work(pool)
        finally:
            await pool.close()
        return pool

    return asyncio.run(run())


def gone(pid: float) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(100):
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


async def written(file: Path) -> int:
    """The process id in `file`, once a worker has written it."""
    for _ in range(600):
        if file.exists():
            return int(file.read_text())
        await asyncio.sleep(0.05)
    raise AssertionError(f"no worker wrote {file}")


def test_everything_comes_back_once_and_quick_tasks_travel_together() -> None:
    async def work(pool: RayPool) -> None:
        assert (pool.slots, pool.free, pool.frontier) == (2, 4, 4)
        in_flight: list[int] = []
        tasks = [task(f"c{i}", f"score {i}") for i in range(2000)]
        found = await judge(pool, tasks, in_flight.append)
        assert {name: verdict.score for name, verdict in found.items()} == {
            f"c{i}": float(i) for i in range(2000)
        }
        assert in_flight[0] == 4
        assert 100 < max(in_flight) <= 1000
        assert pool.sandbox_level == "S0"

    assert not on_pool(work, spec()).losses


def test_every_slot_has_a_process_of_its_own() -> None:
    async def work(pool: RayPool) -> None:
        found = await judge(pool, [task(f"c{i}", "sleep 1") for i in range(4)])
        assert len({verdict.metrics["pid"] for verdict in found.values()}) == 2

    on_pool(work, spec())


def test_a_killed_worker_is_replaced_and_its_task_lost_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "pid"

    async def work(pool: RayPool) -> None:
        await pool.submit([task("victim", f"once {file}"), task("other", "score 1")])
        pid = await written(file)
        os.kill(pid, signal.SIGKILL)
        found: dict[str, Evaluation] = {}
        while pool.in_flight:
            found.update({e.candidate: e for e in await pool.results() if isinstance(e, Evaluation)})
        lost = found["victim"]
        assert (lost.status, lost.score, lost.attempt, lost.stage) == ("lost", None, 1, "search")
        assert f"pid {pid} on" in lost.feedback
        assert found["other"].status == "ok"
        again = (await judge(pool, [task("victim", f"once {file}", attempt=2)]))["victim"]
        assert (again.status, again.score, again.attempt) == ("ok", 2.0, 2)
        assert again.metrics["pid"] != pid

    with caplog.at_level(logging.WARNING, "evo.pool"):
        pool = on_pool(work, spec())
    assert pool.losses == {"worker died": 1}
    assert "lost a worker: worker died" in caplog.text


def test_a_call_past_its_deadline_is_lost_and_its_worker_killed() -> None:
    async def work(pool: RayPool) -> None:
        start = time.monotonic()
        found = await judge(pool, [task("hangs", "sleep 100"), task("other", "score 1")])
        assert time.monotonic() - start < 60
        assert found["hangs"].status == "lost"
        assert "no answer within 0.65 s" in found["hangs"].feedback
        assert found["other"].status == "ok"
        assert (await judge(pool, [task("next", "score 3")]))["next"].score == 3.0

    pool = on_pool(work, spec(stages=(Stage(timeout_s=0.3),)), margin_s=0.3, slots=2)
    assert pool.losses == {"deadline": 1}


def test_the_company_of_a_killer_is_cleared_when_it_is_tried_alone() -> None:
    async def work(pool: RayPool) -> None:
        await judge(pool, [task(f"warm{i}", "score 1") for i in range(200)])  # now batches are large
        tasks = {"killer" if i == 20 else f"c{i}": "die" if i == 20 else "score 5" for i in range(41)}
        found = await judge(pool, [task(name, do) for name, do in tasks.items()])
        lost = [name for name, verdict in found.items() if verdict.status == "lost"]
        assert len(lost) > 1, "the killer travelled alone, which shows nothing"
        assert "tasks in its call" in found["killer"].feedback
        again = await judge(pool, [task(name, tasks[name], attempt=2) for name in lost])
        assert {name for name, verdict in again.items() if verdict.status == "lost"} == {"killer"}

    assert on_pool(work, spec()).losses == {"worker died": 2}


def test_what_queued_behind_a_lost_call_goes_to_another_worker(tmp_path: Path) -> None:
    async def work(pool: RayPool) -> None:
        await judge(pool, [task(f"warm{i}", "score 1") for i in range(50)])
        await pool.submit([task("victim", f"once {tmp_path / 'pid'}")])
        await pool.submit([task(f"c{i}", "score 1") for i in range(3)])
        os.kill(await written(tmp_path / "pid"), signal.SIGKILL)
        found = await judge(pool, [])
        assert {name: verdict.status for name, verdict in found.items()} == {
            "victim": "lost",
            **dict.fromkeys(("c0", "c1", "c2"), "ok"),
        }

    on_pool(work, spec(), slots=1)


def test_a_failing_evaluator_loses_its_task_alone() -> None:
    async def work(pool: RayPool) -> None:
        found = await judge(pool, [task("a", "score 1"), task("b", "raise boom"), task("c", "score 1")])
        assert [found[name].status for name in "abc"] == ["ok", "lost", "ok"]
        assert found["b"].feedback.endswith("RuntimeError: boom")

    assert on_pool(work, spec(), slots=1).losses == {"evaluator failed": 1}


def test_back_pressure() -> None:
    async def work(pool: RayPool) -> None:
        await pool.submit([task(f"c{i}", "sleep 0.01") for i in range(10)])
        assert (pool.in_flight, pool.free) == (10, 0)
        with pytest.raises(ValueError, match="holds 12 tasks at most, has 10 and got 3 more"):
            await pool.submit([task(f"d{i}", "score 1") for i in range(3)])
        assert len(await judge(pool, [])) == 10
        assert await pool.results() == []

    on_pool(work, spec(), max_in_flight=12, slots=1)


@pytest.mark.parametrize(
    ("refuse", "error", "text"),
    [
        ("unsafe", UnsafeMachine, "needs S2"),
        ("broken", PluginError, "does not start: OSError: no such device"),
    ],
)
def test_an_evaluator_that_cannot_start_ends_the_run(refuse: str, error: type[Exception], text: str) -> None:
    async def work(pool: RayPool) -> None:
        await pool.submit([task("a", "score 1")])
        with pytest.raises(error, match=text):
            await pool.results()

    on_pool(work, spec(options={"refuse": refuse}))


def test_a_problem_made_in_a_notebook_goes_by_value() -> None:
    factor = 21.0

    def score(output: float) -> Evaluation:
        return Evaluation.ok(factor * output)

    problem = Problem("made here", "", [], f"{FOLDER}/evaluator.py:Obedient", score)

    async def work(pool: RayPool) -> None:
        assert (await judge(pool, [task("a", "judge 2")]))["a"].score == 42.0

    on_pool(work, WorkerSpec.of(problem), slots=1)


def test_stages_with_different_needs_take_turns_on_the_same_cores() -> None:
    stages = (Stage("narrow"), Stage("wide", num_cpus=2.0))

    async def work(pool: RayPool) -> None:
        tasks = [task(f"n{i}", "lease CPU", stage="narrow") for i in range(4)]
        wide = await judge(pool, [*tasks, task("w", "lease CPU", stage="wide")])
        assert (wide["n0"].score, wide["w"].score) == (1.0, 2.0)
        assert wide["w"].metrics["pid"] not in {wide[f"n{i}"].metrics["pid"] for i in range(4)}
        again = await judge(pool, [task("back", "lease CPU", stage="narrow")])
        assert again["back"].status == "ok"

    assert not on_pool(work, spec(stages=stages)).losses


def test_what_this_machine_can_never_offer_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match=r"stage 'search' needs 1 CPU, 2 lasers; 1 node\(s\) offer 2 CPU"):
        RayPool(spec(stages=(Stage(resources={"lasers": 2.0}),)))


def test_a_worker_has_one_thread_no_gpu_and_ends_with_its_pool() -> None:
    pids: list[float] = []

    async def work(pool: RayPool) -> None:
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
        tasks = [task(name, f"environment {name}") for name in names]
        found = await judge(pool, [*tasks, task("pid", "score 1")])
        assert [found[name].feedback for name in names] == ["'1'", "'1'", "''"]
        pids.append(found["pid"].metrics["pid"])

    on_pool(work, spec(), slots=1)
    assert gone(pids[0])


def test_workers_that_do_not_get_ready_end_the_run() -> None:
    async def work(pool: RayPool) -> None:
        await pool.submit([task("a", "score 1")])
        with pytest.raises(EndedEarly, match=r"no worker starts.* not ready within 0\.2 s"):
            await pool.results()

    pool = on_pool(work, spec(options={"refuse": "slow"}), slots=1, start_timeout_s=0.2)
    assert pool.losses == {"start deadline": 3}


def test_more_calls_a_worker_mean_more_in_flight() -> None:
    async def work(pool: RayPool) -> None:
        assert (pool.free, pool.frontier) == (5, 5)

    on_pool(work, spec(), slots=1, in_flight_per_slot=5)


@pytest.mark.parametrize("setting", ["slots", "in_flight_per_slot", "max_in_flight"])
def test_settings_out_of_range_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match=rf"pool\.{setting} must be at least 1, got 0"):
        RayPool(spec(), **{setting: 0})  # type: ignore[arg-type]
