"""A process with a Ray of its own, for the tests that end Ray or the process: ``python alone.py SCENARIO``.

Prints one JSON object a line.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from evo.errors import EndedEarly
from evo.pool.cluster import EVERYWHERE
from evo.pool.ray import RayPool
from evo.types import Evaluation, Stage
from tests.pool.toys import judge, spec, task


def say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def processes() -> dict[int, str]:
    """What this process started and what that started in turn: process id -> command."""
    import psutil  # type: ignore[import-untyped]  # comes with Ray

    return {p.pid: " ".join(p.cmdline()) for p in psutil.Process().children(recursive=True)}


def listening() -> list[str]:
    """Addresses that this process and its descendants accept connections at."""
    import psutil

    everyone = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return [c.laddr.ip for p in everyone for c in p.net_connections("tcp") if c.status == "LISTEN"]


def named(word: str) -> int:
    return next(pid for pid, command in processes().items() if word in command)


async def whole_life() -> None:
    pool = RayPool(spec(), slots=3)
    found = await judge(pool, [task("a", "score 1"), task("b", "die"), task("c", "environment PYTHONPATH")])
    logs = pool._cluster._folder
    assert logs is not None
    say(
        statuses={name: verdict.status for name, verdict in found.items()},
        slots=pool.slots,
        listening=sorted(set(listening())),
        folder=str(logs.path),
        path_of_worker=found["c"].feedback,
        path_of_driver=os.environ.get("PYTHONPATH"),
    )
    await pool.close()
    say(left=processes(), folder_left=logs.path.exists())


async def wait_to_be_killed() -> None:
    pool = RayPool(spec())
    await judge(pool, [task("a", "score 1")])
    await pool.submit([task("b", "sleep 100")])
    await asyncio.sleep(1)
    say(pids=list(processes()))
    await asyncio.sleep(600)


async def lose(part: str) -> None:
    """Kills a part of Ray during an evaluation."""
    pool = RayPool(spec(stages=(Stage(timeout_s=300.0),)))
    await judge(pool, [task("a", "score 1")])
    await pool.submit([task("b", "sleep 200")])
    await asyncio.sleep(1)
    os.kill(named(part), signal.SIGKILL)
    start = time.monotonic()
    events: list[str] = []
    error = ""
    try:
        while True:  # as a search does: what is lost is tried again
            await pool.submit([] if pool.in_flight else [task("b", "score 1", attempt=2)])
            events += [event.status for event in await pool.results() if isinstance(event, Evaluation)]
    except EndedEarly as reason:
        error = str(reason)
    noticed = time.monotonic() - start
    await pool.close()
    closed = time.monotonic() - start - noticed
    say(error=error, noticed_s=noticed, closed_s=closed, events=events, left=processes())


async def two_nodes(folder: str) -> None:
    """Kills the raylet of one of two worker nodes while both judge, then brings another node."""
    os.environ.update(EVERYWHERE | {"RAY_AUTH_MODE": "token"})  # as whoever starts a cluster should
    from ray.cluster_utils import Cluster

    quick = {"health_check_period_ms": 1000, "health_check_failure_threshold": 3}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": quick})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    pool = RayPool(spec(stages=(Stage(timeout_s=300.0),)), address=cluster.address, patience_s=20.0)
    await pool.submit([])  # begins to look at the nodes
    while pool.slots < 2:
        await asyncio.sleep(0.1)
    say(slots=pool.slots, places=len(pool._health.nodes))
    files = [Path(folder) / f"pid{i}" for i in range(2)]
    await pool.submit([task(f"c{i}", f"once {file}") for i, file in enumerate(files)])
    while not all(file.exists() for file in files):
        await asyncio.sleep(0.1)
    start = time.monotonic()
    os.kill(nodes[0].all_processes["raylet"][0].process.pid, signal.SIGKILL)
    first = [event for event in await pool.results() if isinstance(event, Evaluation)]
    say(
        noticed_s=time.monotonic() - start,
        lost=[(event.candidate, event.status, event.feedback) for event in first],
        losses=dict(pool.losses),
    )
    cluster.remove_node(nodes[0], allow_graceful=False)
    cluster.add_node(num_cpus=1)
    retry = {event.candidate: f"once {files[0]}" for event in first}
    await pool.submit([task(name, do, attempt=2) for name, do in retry.items()])
    again = [event for event in await pool.results() if isinstance(event, Evaluation)]
    say(again=[(event.candidate, event.status, event.attempt) for event in again])
    for node in list(cluster.worker_nodes):
        cluster.remove_node(node, allow_graceful=False)
    error = ""
    try:
        while True:
            await pool.submit([] if pool.in_flight else [task("nobody", "score 1")])
            await pool.results()
    except EndedEarly as reason:
        error = str(reason)
    say(error=error)
    await pool.close()
    cluster.shutdown()  # type: ignore[no-untyped-call]
    say(left=processes())


def main(scenario: str, *arguments: str) -> None:
    work = {
        "whole_life": whole_life,
        "wait_to_be_killed": wait_to_be_killed,
        "lose": lose,
        "two_nodes": two_nodes,
    }
    asyncio.run(work[scenario](*arguments))  # type: ignore[operator]


if __name__ == "__main__":
    main(*sys.argv[1:])
