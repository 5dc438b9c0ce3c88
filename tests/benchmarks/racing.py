"""Racing on recorded runs of workflows: cases spent, and how often the best workflow is kept.

``python -m tests.benchmarks.racing --data FOLDER``

FOLDER holds ``aflow_cases.parquet``: for each task some twenty workflows, judged five times on the same
cases. For many random orders of cases and workflows the best workflow is looked for, by racing, by giving all
the same number of cases, and by halving. In the world `fixed` one of the five runs is the whole truth, and
judging all cases never errs: there a race may miss the best with its stated error, and the last column says
whether the interval of `right` allows that. In `noisy` the truth is the mean of the five, each workflow is
seen in one of them, and no method can be sure.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from evo.search.frontier import Frontier
from evo.search.looks import laps
from evo.search.racing import Race
from evo.types import Plan

FIRST = 4
"""Cases of the first stage of halving; each further one doubles them."""

WAVE = 8
"""Workflows that are under way at the same time when they come in waves, as with so many workers."""

ERRORS = (0.02, 0.05, 0.1, 0.2, 0.4)
WORLDS = ("fixed", "noisy")
ARRIVALS = ("in turn", "in waves", "at once")
_SAME = 1e-9
_DRAWS = 400

Climbs = Callable[[int, int, np.ndarray], bool]


@dataclass(frozen=True, slots=True)
class World:
    """One order of workflows and cases: what judging shows, and what is true.

    Attributes:
        seen: ``[workflows, cases]`` scores in the order of both.
        best: ``[workflows]`` whether it is the best, or as good as the best.
    """

    seen: np.ndarray
    best: np.ndarray


@dataclass(frozen=True, slots=True)
class Tries:
    """A method over many worlds: ``[worlds]`` cases spent, and the chance that it names the best."""

    cases: np.ndarray
    right: np.ndarray


def read(file: Path) -> dict[str, np.ndarray]:
    """Task -> ``[workflows, runs, cases]`` scores; a workflow with fewer runs repeats those it has."""
    columns = pq.read_table(file).to_pydict()
    runs: dict[str, dict[int, dict[int, dict[str, float]]]] = {}
    names = ("task", "round", "run", "case", "score")
    for task, workflow, run, case, score in zip(*(columns[name] for name in names), strict=True):
        runs.setdefault(task, {}).setdefault(workflow, {}).setdefault(run, {})[case] = score
    found = {}
    for task, workflows in sorted(runs.items()):
        cases = sorted(next(iter(next(iter(workflows.values())).values())))
        n_runs = max(map(len, workflows.values()))
        tables = [
            [[run[case] for case in cases] for _, run in sorted(of_one.items())]
            for _, of_one in sorted(workflows.items())
        ]
        found[task] = np.array([[table[i % len(table)] for i in range(n_runs)] for table in tables])
    return found


def worlds(scores: np.ndarray, kind: str, n: int, seed: int = 0) -> Iterator[World]:
    """`n` random orders of the workflows and cases of ``[workflows, runs, cases]`` scores."""
    n_workflows, n_runs, n_cases = scores.shape
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        workflows, cases = rng.permutation(n_workflows), rng.permutation(n_cases)
        table = scores[workflows][:, :, cases]
        if kind == "fixed":
            seen = table[:, number % n_runs]
            truth = seen.mean(axis=1)
        else:
            seen = table[np.arange(n_workflows), rng.integers(n_runs, size=n_workflows)]
            truth = table.mean(axis=(1, 2))
        yield World(seen, truth > truth.max() - _SAME)


def sizes(n_cases: int) -> list[int]:
    """Cases judged by the end of each stage of halving."""
    found = [FIRST]
    while 2 * found[-1] < n_cases:
        found.append(2 * found[-1])
    return [*found, n_cases]


def climb(world: World, steps: Sequence[int], climbs: Climbs, arrival: str) -> tuple[int, float]:
    """Cases spent, and the chance to name the best, when `climbs` decides who goes on.

    `in turn` each workflow goes as far as it gets before the next one comes; `at once` all are judged at
    a stage before the next stage begins; `in waves` that is so for `WAVE` of them, then for the next.

    Args:
        world: what is judged.
        steps: cases judged by the end of each stage.
        climbs: decides who goes on from a stage.
        arrival: one of `ARRIVALS`.
    """
    n = len(world.seen)
    reached = np.full(n, -1)
    at_a_time = {"in turn": 1, "in waves": WAVE, "at once": n}[arrival]
    stopped = np.zeros(n, dtype=bool)
    for first in range(0, n, at_a_time):
        for stage, step in enumerate(steps):
            for index in range(first, min(first + at_a_time, n)):
                if not stopped[index]:
                    reached[index] = stage
                    stopped[index] = not climbs(index, stage, world.seen[index, :step])
    spent = sum(steps[stage] for stage in reached)
    last = reached == reached.max()
    return spent, named(world.seen[:, : steps[reached.max()]].mean(axis=1), world.best, last)


def named(means: np.ndarray, best: np.ndarray, among: np.ndarray) -> float:
    """The chance that one of those with the highest mean, drawn at random, is the best."""
    top = among & (means > means[among].max() - _SAME)
    return float(best[top].mean())


def race(world: World, error: float, arrival: str) -> tuple[int, float]:
    """Cases spent and the chance to name the best, by racing through the laps of a run."""
    steps = laps(world.seen.shape[1])
    return climb(world, steps, Race(steps, error).climbs, arrival)


def halve(world: World, arrival: str) -> tuple[int, float]:
    """The same when the better half goes on at each stage: of those so far, or (`at once`) of all there."""
    steps = sizes(world.seen.shape[1])
    if arrival != "at once":
        frontier = Frontier(Plan(stages=tuple(map(str, steps)), keep=(0.5,) * len(steps)))
        return climb(
            world,
            steps,
            lambda i, stage, seen: frontier.climbs(i, stage, float(seen.mean()), i == 0),
            arrival,
        )
    left, spent, before = np.arange(len(world.seen)), 0, 0
    for step in steps:
        spent += len(left) * (step - before)
        before, means = step, world.seen[left, :step].mean(axis=1)
        if step == steps[-1]:
            break
        left = left[np.argsort(-means, kind="stable")[: max(1, len(left) // 2)]]
    among = np.isin(np.arange(len(world.seen)), left)
    return spent, named(world.seen[:, :before].mean(axis=1), world.best, among)


def equal(world: World) -> np.ndarray:
    """``[cases]`` chance to name the best when all get so many cases, from 1 on."""
    _n, n_cases = world.seen.shape
    means = np.cumsum(world.seen, axis=1) / np.arange(1, n_cases + 1)
    top = means > means.max(axis=0) - _SAME
    chance: np.ndarray = (top & world.best[:, None]).sum(axis=0) / top.sum(axis=0)
    return chance


def cases_for(curve: np.ndarray, right: float) -> int:
    """How many cases everyone needs for the best to be named as often as `right`, by a curve made monotone."""
    reached = np.flatnonzero(np.maximum.accumulate(curve) >= right - _SAME)
    return int(reached[0]) + 1 if len(reached) else len(curve)


def figures(tries: Tries, curves: np.ndarray, n_workflows: int) -> dict[str, Any]:
    """What a method needs beside an equal number of cases for everyone, with 95 % intervals over the worlds."""
    n, n_cases = curves.shape
    rng = np.random.default_rng(0)

    def values(rows: np.ndarray) -> tuple[float, ...]:
        curve, right = curves[rows].mean(axis=0), float(tries.right[rows].mean())
        each = float(tries.cases[rows].mean()) / n_workflows
        as_much = float(np.interp(each, np.arange(1, n_cases + 1), curve))
        return each / n_cases, right, as_much, each / cases_for(curve, right)

    own = values(np.arange(n))
    drawn = np.array([values(rng.integers(n, size=n)) for _ in range(_DRAWS)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    names = ("share of all cases", "right", "right when equal", "cases to equal")
    return {
        name: {"value": one, "low": float(a), "high": float(b)}
        for name, one, a, b in zip(names, own, low, high, strict=True)
    }


def study(
    scores: np.ndarray, n: int, kind: str, arrival: str, errors: Sequence[float], seed: int
) -> dict[str, Any]:
    """All methods on the same worlds."""
    all_worlds = list(worlds(scores, kind, n, seed))
    curves = np.array([equal(world) for world in all_worlds])
    methods: dict[str, Callable[[World], tuple[int, float]]] = {
        **{f"race {error:g}": lambda w, e=error: race(w, e, arrival) for error in errors},
        "halving": lambda w: halve(w, arrival),
    }
    found = {}
    for name, method in methods.items():
        cases, right = zip(*map(method, all_worlds), strict=True)
        found[name] = figures(Tries(np.array(cases, float), np.array(right)), curves, len(scores))
    if kind == "fixed":
        for error in errors:
            row = found[f"race {error:g}"]
            row["error holds"] = row["right"]["high"] >= 1 - error
    return {"all cases": float(curves[:, -1].mean()), "methods": found}


def table(report: Mapping[str, Any]) -> list[str]:
    """The figures for people."""
    lines = [
        (
            f"{report['orders']} orders; 95 % intervals. 'cases': of judging all workflows on all cases. 'right': the "
            "best is named;"
        ),
        "'equal': as often with as many cases for everyone alike; 'all': with all cases. 'ratio': cases beside",
        "those that everyone would need alike for the same 'right' (goal: at most .50).",
        (
            f"{'world, arrival':<18}{'task':<22}{'method':<12}{'cases':>6}{'right':>7}{'':>12}{'equal':>7}{'all':>6}"
            f"{'ratio':>7}"
        ),
    ]
    for row in report["rows"]:
        for name, one in row["methods"].items():
            right, ratio = one["right"], one["cases to equal"]
            lines.append(
                f"{row['world'] + ', ' + row['arrival']:<18}{row['task']:<22}{name:<12}"
                f"{one['share of all cases']['value']:6.2f}{right['value']:7.2f} ({right['low']:.2f}-{right['high']:.2f})"
                f"{one['right when equal']['value']:7.2f}{row['all cases']:6.2f}"
                f"{ratio['value']:7.2f} ({ratio['low']:.2f}-{ratio['high']:.2f})"
                + {True: "  holds", False: "  errs more often"}.get(one.get("error holds"), "")
            )
    return lines


def summary(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Means over the tasks for each world, arrival and method."""
    found = []
    for world, arrival in sorted({(row["world"], row["arrival"]) for row in rows}):
        here = [row for row in rows if (row["world"], row["arrival"]) == (world, arrival)]
        for name in here[0]["methods"]:
            mean = {
                key: float(np.mean([row["methods"][name][key]["value"] for row in here]))
                for key, one in here[0]["methods"][name].items()
                if isinstance(one, dict)
            }
            half = sum(row["methods"][name]["cases to equal"]["value"] <= 0.5 for row in here)
            found.append(
                {
                    "world": world,
                    "arrival": arrival,
                    "method": name,
                    **mean,
                    "tasks at half": half,
                    "tasks": len(here),
                }
            )
    return found


def main() -> None:
    """Makes the study and prints it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder with aflow_cases.parquet")
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument(
        "--seed", type=int, default=0, help="of the orders: others than those that a constant was chosen on"
    )
    parser.add_argument("--tasks", nargs="+", help="only these")
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=WORLDS)
    parser.add_argument("--arrivals", nargs="+", choices=ARRIVALS, default=ARRIVALS)
    parser.add_argument("--errors", type=float, nargs="+", default=list(ERRORS))
    parser.add_argument("--json", type=Path, help="also write the figures here")
    args = parser.parse_args()
    file = args.data / "aflow_cases.parquet"
    if not file.is_file():
        parser.error(f"{file} does not exist. Say where it is: make bench-racing DATA=FOLDER")
    rows = [
        {
            "task": task,
            "world": kind,
            "arrival": arrival,
            **study(scores, args.orders, kind, arrival, args.errors, args.seed),
        }
        for task, scores in read(file).items()
        if not args.tasks or task in args.tasks
        for kind in args.worlds
        for arrival in args.arrivals
    ]
    report = {"orders": args.orders, "rows": rows, "summary": summary(rows)}
    print("\n".join(table(report)))
    print("\nMeans over the tasks")
    for one in report["summary"]:
        print(
            f"{one['world'] + ', ' + one['arrival']:<18}{one['method']:<12}cases {one['share of all cases']:.2f}, right "
            f"{one['right']:.3f}, equal {one['right when equal']:.3f}, ratio {one['cases to equal']:.2f}, "
            f"at most half in {one['tasks at half']} of {one['tasks']}"
        )
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
