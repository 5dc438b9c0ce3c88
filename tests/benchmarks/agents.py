"""What running an agent costs beside its models: a call, an action in the world, a case, and many designs at once.

Every model here answers by a rule, after 0 ms or after the latency that is asked for, or is a loopback server that
answers at once (through litellm, which has a cost of its own). Wall time above the latency, and CPU time of the
jailed process and of the judge's together, per call.

    python -m tests.benchmarks.agents [--json FILE] [--designs 32] [--latency 1.0]
"""

import argparse
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from evaluators.agent import Agent
from evo import Stage
from evo.testing.model_server import Answer, ModelServer
from evo.types import Evaluation
from tests.evaluators.agents import ASKING, HERE, open_design, questions, rooms, solving, task

REPEATS = 5


def asks(n: int) -> dict[str, str]:
    """A design that asks its model `n` different things, one after the other."""
    body = (
        f"    for number in range({n}):\n        said = await agent.model.ask(f'{{number}} {{task.goal}}')\n"
    )
    return open_design(solving(f"{body}    return Answer(said)\n"), model="small")


def acts(n: int) -> dict[str, str]:
    """A design that looks around `n` times and acts as often."""
    body = f"    for _ in range({n}):\n        await agent.world.actions()\n        await agent.world.step('look')\n"
    return open_design(solving(f"{body}    return Answer()\n"))


def opened(model: Mapping[str, Any], n_cases: int = 1, **more: Any) -> Agent:
    """An evaluator of questions whose model is `model`."""
    stage = Stage(timeout_s=60.0 * n_cases)
    problem = questions(n_cases, {**ASKING, "models": {"small": dict(model)}}, stages=(stage,))
    return Agent(problem, **{**problem.options, **more})


def judged(evaluator: Agent, files: Mapping[str, str]) -> tuple[Evaluation, float, float]:
    """The verdict, with wall and CPU seconds, the judge's and the jailed process's."""
    wall, cpu = time.perf_counter(), time.process_time()
    verdict = evaluator(task(files))
    if verdict.status != "ok":
        raise RuntimeError(f"{verdict.status}: {verdict.feedback}")
    own = time.process_time() - cpu + verdict.usage.cpu_s
    return verdict, time.perf_counter() - wall, own


def per_call(
    evaluator: Agent, make: Any, n: int, latency_s: float = 0.0, repeats: int = REPEATS
) -> dict[str, float]:
    """Median milliseconds of one call or action, what a case costs anyway taken off."""
    judged(evaluator, make(1))
    rows = []
    for _ in range(repeats):
        _, wall_0, cpu_0 = judged(evaluator, make(1))
        _, wall, cpu = judged(evaluator, make(n + 1))
        rows.append(((wall - wall_0) / n - latency_s, (cpu - cpu_0) / n))
    walls, cpus = zip(*rows, strict=True)
    return {"wall_ms": 1000 * statistics.median(walls), "cpu_ms": 1000 * statistics.median(cpus)}


def one_case(evaluator: Agent) -> dict[str, float]:
    """Median milliseconds of a case in which next to nothing happens."""
    rows = [judged(evaluator, acts(0))[1:] for _ in range(20)]
    walls, cpus = zip(*rows, strict=True)
    return {"wall_ms": 1000 * statistics.median(walls), "cpu_ms": 1000 * statistics.median(cpus)}


def in_flight(n_designs: int, latency_s: float, n_calls: int = 5) -> dict[str, float]:
    """`n_designs` designs at once, each asking `n_calls` times: their wall seconds against what the model takes."""
    model = {"rule": f"{HERE}:echo", "delay_s": latency_s}
    evaluators = [opened(model) for _ in range(n_designs)]
    try:
        for evaluator in evaluators:
            judged(evaluator, asks(1)) if latency_s < 0.1 else None
        start, cpu = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(n_designs) as threads:
            found = list(threads.map(lambda one: judged(one, asks(n_calls)), evaluators))
        whole, cpu = time.perf_counter() - start, time.process_time() - cpu
    finally:
        for evaluator in evaluators:
            evaluator.close()
    walls = [wall for _, wall, _ in found]
    cpu += sum(verdict.usage.cpu_s for verdict, _, _ in found)
    return {
        "ideal_s": n_calls * latency_s,
        "median_s": statistics.median(walls),
        "slowest_s": max(walls),
        "all_s": whole,
        "cpu_ms_per_call": 1000 * cpu / (n_designs * n_calls),
    }


def measured(n_designs: int, latency_s: float) -> dict[str, dict[str, float]]:
    """All figures, by name."""
    found: dict[str, dict[str, float]] = {}
    world = Agent(rooms(1, stages=(Stage(timeout_s=60.0),)), world=f"{HERE}:Rooms")
    found["a case"] = one_case(world)
    found["actions() and step()"] = per_call(world, acts, 500)
    world.close()
    for name, model, n, delay_s, repeats in (
        ("a call, at once", {"rule": f"{HERE}:echo"}, 500, 0.0, REPEATS),
        ("a call, waited for", {"rule": f"{HERE}:echo", "delay_s": 0.001}, 200, 0.001, REPEATS),
        (f"a call, {latency_s:g} s", {"rule": f"{HERE}:echo", "delay_s": latency_s}, 4, latency_s, 2),
    ):
        evaluator = opened(model)
        found[name] = per_call(evaluator, asks, n, delay_s, repeats)
        evaluator.close()
    with ModelServer(lambda body, n: Answer("ok")) as server:
        evaluator = opened({"model": "local", "base_url": server.url, "max_tokens": 50})
        found["a call, litellm to loopback"] = per_call(evaluator, asks, 60, 0.0, 3)
        evaluator.close()
    found[f"{n_designs} designs, {latency_s:g} s a call"] = in_flight(n_designs, latency_s)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--designs", type=int, default=32)
    parser.add_argument("--latency", type=float, default=1.0, help="seconds")
    given = parser.parse_args(arguments)
    found = measured(given.designs, given.latency)
    for name, figures in found.items():
        print(f"{name:<30}" + "  ".join(f"{what} {value:.3f}" for what, value in figures.items()))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
