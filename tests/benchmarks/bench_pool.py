"""What dispatch through our Ray pool costs, against bare Ray actors in the same run.

    python -m tests.benchmarks.bench_pool

The evaluator does nothing and candidates have 4 KB, so all that is timed is the way there and back.
The bare actors get one task a call, `DEPTH` calls in flight each, which is the fastest that Ray
offers without batches. The two take turns, so that a busy machine slows both.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from evo.pool.cluster import connect
from evo.pool.ray import RayPool
from evo.pool.worker import WorkerSpec
from evo.types import EvaluateTask, Evaluation, Problem

DEPTH = 2
CHARACTERS = 4096

EVALUATOR = '''
from evo import Evaluation

class Nothing:
    """Finds every candidate worth the same."""

    sandbox_level = ""

    def __init__(self, problem):
        pass

    def __call__(self, task):
        return Evaluation(task.candidate, task.stage, task.attempt, score=1.0, seed=task.seed)

    def close(self):
        pass
'''


class Bare:
    """The least that a Ray actor can do with a task."""

    def judge(self, task: EvaluateTask) -> Evaluation:
        """A verdict without looking."""
        return Evaluation(task.candidate, task.stage, task.attempt, score=1.0, seed=task.seed)


def tasks(n: int) -> list[EvaluateTask]:
    """`n` candidates of `CHARACTERS` characters, no two the same."""
    text = "x = 1\n" * (CHARACTERS // 6)
    return [EvaluateTask(f"{i:016x}", "search", seed=i, files={"main.py": f"{text}#{i}"}) for i in range(n)]


async def through_pool(pool: RayPool, todo: list[EvaluateTask]) -> None:
    """Judges `todo` as the engine's loop does."""
    n_done = n_sent = 0
    while n_done < len(todo):
        n = pool.free
        await pool.submit(todo[n_sent : n_sent + n])
        n_sent = min(len(todo), n_sent + n)
        n_done += len(await pool.results())


async def through_actors(actors: list[Any], todo: list[EvaluateTask]) -> None:
    """Judges `todo` on bare actors, one task a call, `DEPTH` calls in flight each."""
    remaining = iter(todo)

    async def feed(actor: Any) -> None:
        for task in remaining:
            await actor.judge.remote(task)

    await asyncio.gather(*[feed(actor) for actor in actors for _ in range(DEPTH)])


async def timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Wall and CPU seconds of `work`; the CPU is that of this process and of all of Ray's."""
    wall, cpu = time.perf_counter(), _cpu_s()
    await work()
    return time.perf_counter() - wall, _cpu_s() - cpu


async def compare(pool: RayPool, actors: list[Any], n: int, repeats: int) -> dict[str, float]:
    """Both ways in turn; see `measure`."""
    todo = tasks(n)
    for way in (through_pool(pool, todo), through_actors(actors, todo)):  # warm up
        await way
    ours, bare = [], []
    for _ in range(repeats):
        ours.append(await timed(lambda: through_pool(pool, todo)))
        bare.append(await timed(lambda: through_actors(actors, todo)))
    await pool.close()
    shares = [b[0] / o[0] for o, b in zip(ours, bare, strict=True)]
    return {
        "pool_evaluations_per_s": n / statistics.median(wall for wall, _ in ours),
        "bare_actor_calls_per_s": n / statistics.median(wall for wall, _ in bare),
        "pool_share_of_bare": statistics.median(shares),
        "pool_share_lowest": min(shares),
        "pool_cpu_ms": 1e3 * statistics.median(cpu for _, cpu in ours) / n,
        "bare_cpu_ms": 1e3 * statistics.median(cpu for _, cpu in bare) / n,
    }


def measure(n: int = 2000, repeats: int = 5, slots: int = 2) -> dict[str, float]:
    """Rates of dispatch.

    Args:
        n: candidates in each of `repeats` rounds.
        slots: workers of the pool, and bare actors.

    Returns:
        Medians over the rounds: candidates a second through the pool and through bare actors, the
        pool's share of the latter (1 is equal) with its lowest round, and CPU milliseconds for one
        candidate, in the driver and all of Ray's processes together.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "nothing.py"
        file.write_text(EVALUATOR)
        problem = Problem("dispatch", "", [], evaluator=f"{file}:Nothing")
        cluster = connect("local", 2 * slots)  # the idle half holds its workers all the same
        try:
            actor = cluster.ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(Bare)
            actors = [actor.remote() for _ in range(slots)]
            pool = RayPool(WorkerSpec.of(problem), slots=slots, in_flight_per_slot=DEPTH)
            return asyncio.run(compare(pool, actors, n, repeats))
        finally:
            cluster.close()


def _cpu_s() -> float:
    import psutil  # type: ignore[import-untyped]  # comes with Ray

    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    times = [process.cpu_times() for process in family]
    return float(sum(spent.user + spent.system for spent in times))


if __name__ == "__main__":
    print(json.dumps({name: round(value, 3) for name, value in measure().items()}, indent=2))
