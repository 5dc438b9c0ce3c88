"""Ray workers with the real jail in them: what is killed is noticed, told as lost, and leaves nothing."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from evo import plugins
from evo.evaluate import Sandbox
from evo.pool.ray import RayPool
from evo.pool.worker import WorkerSpec
from evo.types import Candidate, EvaluateTask
from tests.pool.toys import judge

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("ray_session")]

HONEST = "def solve():\n    return [0.5] * 10\n"
SLOW = "import time\n\ndef solve():\n    time.sleep(5)\n    return [0.5] * 10\n"


def order(text: str, attempt: int = 1) -> EvaluateTask:
    candidate = Candidate.of({"seed.py": text})
    return EvaluateTask(candidate.id, "search", attempt, seed=1, files=candidate.files)


def families() -> dict[int, list[int]]:
    """Process id -> ids of its children."""
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            found.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return found


def descendants(pid: int) -> list[int]:
    family = families()
    found, todo = [], [pid]
    while todo:
        children = family.get(todo.pop(), [])
        found += children
        todo += children
    return found


def living(pids: list[int]) -> list[int]:
    """Those of `pids` that still live after some seconds."""
    for _ in range(100):
        everyone = {pid for children in families().values() for pid in children}
        if not everyone & set(pids):
            return []
        time.sleep(0.1)
    return sorted(everyone & set(pids))


async def during_an_evaluation(pool: RayPool) -> int:
    """Starts a slow evaluation in the pool's only worker; the worker's process id."""
    score = (await judge(pool, [order(HONEST)]))[order(HONEST).candidate].score
    assert score == -2.5
    (worker,) = pool._groups[0].workers
    pid = int(worker.place.split()[1])
    idle = set(descendants(pid))
    assert idle, "the jail has no process of its own"
    await pool.submit([order(SLOW)])
    while not set(descendants(pid)) - idle:
        await asyncio.sleep(0.02)  # until the candidate's own process is there
    return pid


def on_one_worker(work: Callable[[RayPool], Awaitable[None]]) -> RayPool:
    async def run() -> RayPool:
        pool = RayPool(WorkerSpec.of(plugins.problem("sphere"), Sandbox()), slots=1)
        try:
            await work(pool)
        finally:
            await pool.close()
        return pool

    return asyncio.run(run())


def test_a_killed_worker_takes_its_jail_with_it_and_the_retry_scores() -> None:
    async def work(pool: RayPool) -> None:
        pid = await during_an_evaluation(pool)
        jail = descendants(pid)
        os.kill(pid, signal.SIGKILL)
        (lost,) = (await judge(pool, [])).values()
        assert (lost.status, lost.score) == ("lost", None)
        assert living(jail) == []
        (again,) = (await judge(pool, [order(SLOW, attempt=2)])).values()
        assert (again.status, again.score, again.attempt) == ("ok", -2.5, 2)

    assert on_one_worker(work).losses == {"worker died": 1}


def test_a_killed_jail_says_nothing_about_the_candidate() -> None:
    async def work(pool: RayPool) -> None:
        for victim in descendants(await during_an_evaluation(pool)):
            with suppress(ProcessLookupError):  # it went with the one before
                os.kill(victim, signal.SIGKILL)
        (lost,) = (await judge(pool, [])).values()
        assert (lost.status, lost.score) == ("lost", None)
        (again,) = (await judge(pool, [order(SLOW, attempt=2)])).values()
        assert (again.status, again.score) == ("ok", -2.5)

    on_one_worker(work)


def test_nothing_is_left_of_a_pool_that_was_closed() -> None:
    jail: list[int] = []

    async def work(pool: RayPool) -> None:
        await judge(pool, [order(HONEST)])
        jail.extend(descendants(int(pool._groups[0].workers[0].place.split()[1])))

    on_one_worker(work)
    assert jail
    assert living(jail) == []
