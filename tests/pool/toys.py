"""What the tests of the pools share: the toy problem, tasks for it, and a run of a pool to its end."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evo import plugins
from evo.pool.worker import WorkerSpec
from evo.roles import Pool
from evo.types import EvaluateTask, Evaluation, Problem

FOLDER = Path(__file__).parent / "toy"


def toy(**changes: Any) -> Problem:
    return replace(plugins.problem(FOLDER), **changes)


def spec(**changes: Any) -> WorkerSpec:
    return WorkerSpec.of(toy(**changes))


def task(name: str, do: str, attempt: int = 1, stage: str = "search") -> EvaluateTask:
    return EvaluateTask(name, stage, attempt, seed=7, files={"do.txt": do})


async def judge(
    pool: Pool[EvaluateTask], tasks: Sequence[EvaluateTask], see: Callable[[int], None] = lambda n: None
) -> dict[str, Evaluation]:
    """Feeds `tasks` to the pool as it has room and collects every verdict, each of which may come once."""
    found: dict[str, Evaluation] = {}
    todo = list(tasks)
    while todo or pool.in_flight:
        n = pool.free
        await pool.submit(todo[:n])
        todo = todo[n:]
        see(pool.in_flight)
        for event in await pool.results():
            assert isinstance(event, Evaluation)
            assert event.candidate not in found
            found[event.candidate] = event
    return found
