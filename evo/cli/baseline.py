"""Compare searches with each other and with plain solvers: the same budget, several seeds, one table.

Every run is a run of its own below --out, so it can be inspected, resumed and plotted; asked for again,
finished ones are not repeated. Runs use pool=inline, one process a core, so a seed gives the same run
twice. A plain solver gets the median wall time of the searches' runs, or --solver-seconds.

Examples:
  evo baseline problem=circle_packing budget.evaluations=1000
  evo baseline problem=./my_problem --methods islands,greedy,uniform --seeds 20 --json
  evo baseline problem=circle_packing --methods 'screened,screened[value=null],map_elites[bins=4]'
  evo baseline problem=online_bin_packing --holdout --out runs/compare

Methods are choices of search=, with settings of their own in brackets, and the problem's own baselines; by
default every search that is there to be compared and every baseline that the problem has. The first one is
what the others are held against, seed by seed.
"""

import argparse
import concurrent.futures
import json
import os
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from evo import plugins
from evo.assembly import build_search, plan_of_record
from evo.cli.method import Method, Result, carry_out
from evo.cli.screen import screen
from evo.cli.variant import Variant, split
from evo.config import compose
from evo.errors import ConfigError, one_of
from evo.pool.interpreters import interpreters
from evo.report.tables import comparison_rows, comparison_table
from evo.types import Problem

SEARCHES = (
    *("default", "top_k", "greedy", "islands", "map_elites", "aflow", "agentswift"),
    *("uniform", "best_of_n"),
)
"""Compared where nothing else is said, as far as they are in ``conf/search``."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo baseline`` takes."""
    parser.add_argument("settings", nargs="*", metavar="key=value", help="as for evo run")
    parser.add_argument("--methods", metavar="A,B,...", help="what is compared")
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="runs of each (default: 10)")
    parser.add_argument(
        "--first-seed", type=int, default=0, metavar="N", help="the first of them (default: 0)"
    )
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="runs at a time (default: one a core)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the runs (default: runs/baseline-PROBLEM)"
    )
    parser.add_argument(
        "--holdout", action="store_true", help="verify every champion on the hold-out as well"
    )
    parser.add_argument(
        "--target",
        type=float,
        metavar="X",
        help="score whose time is measured (default: the best method's median)",
    )
    parser.add_argument("--solver-seconds", type=float, metavar="S", help="wall time of a plain solver")
    parser.add_argument("--json", action="store_true", help="one JSON object a method")


def run(args: argparse.Namespace) -> int:
    """Compares; returns the exit status."""
    config = compose([*args.settings, "pool=inline"])
    problem = config.load_problem()
    variants = _variants(args.methods, problem)
    if args.seeds < 1:
        raise ConfigError(f"--seeds must be at least 1, got {args.seeds}.")
    for variant in variants:
        if variant.text not in problem.baselines:
            _check(variant, args.settings, problem)
    out = (args.out or Path("runs") / f"baseline-{problem.name}").resolve()
    methods = [
        Method(
            variant.text,
            variant.text in problem.baselines,
            (*args.settings, *(variant.words if variant.text not in problem.baselines else ())),
            seed,
            out / f"{variant.folder}-{seed}",
            args.holdout,
        )
        for seed in range(args.first_seed, args.first_seed + args.seeds)
        for variant in variants
    ]
    console = Console(stderr=True, highlight=False)
    results = compare(methods, args.jobs or os.cpu_count() or 1, args.solver_seconds, console)
    rows = comparison_rows(
        [result.plain() for result in results],
        budget=config.budget.evaluations
        or max(one.spent[-1] if one.spent else len(one.scores) for one in results),
        best_known=problem.best_known,
        target=args.target,
        first=variants[0].text,
        floor=_floor([one for one in results if one.method not in problem.baselines]),
    )
    if args.json:
        for row in rows:
            print(json.dumps(row))
    else:
        screen().print(comparison_table(rows))
        print(f"runs: {out}")
    return 0


def _variants(text: str | None, problem: Problem) -> list[Variant]:
    """The methods that are asked for, or all that there are."""
    searches = sorted(file.stem for file in (plugins.root() / "conf" / "search").glob("*.yaml"))
    choices = [*searches, *problem.baselines]
    chosen = split(text) if text else [*(one for one in SEARCHES if one in searches), *problem.baselines]
    variants = [Variant.of(one) for one in dict.fromkeys(chosen)]
    if not variants:
        raise ConfigError(f"--methods names none, got {text!r}. {one_of('', choices)}")
    for variant in variants:
        if variant.name not in choices or (variant.settings and variant.name not in searches):
            raise ConfigError(
                f"no method {variant.text!r} for {problem.name}. {one_of(variant.name, choices)}"
            )
    return variants


def _check(variant: Variant, settings: Sequence[str], problem: Problem) -> None:
    """Refuses a search that cannot be built before anything is run."""
    config = compose([*settings, "pool=inline", *variant.words])
    build_search(config, plan_of_record(config, problem))


def _floor(results: Sequence[Result]) -> float | None:
    """The score of the first candidate, which every search begins with; None without any."""
    first = [next((one for one in result.scores if one is not None), None) for result in results]
    known = [score for score in first if score is not None]
    return statistics.median(known) if known else None


def compare(
    methods: Sequence[Method], jobs: int, solver_seconds: float | None, console: Console
) -> list[Result]:
    """Carries out every method, the searches first: a solver's time depends on theirs."""
    searches = [m for m in methods if not m.solver]
    solvers = [m for m in methods if m.solver]
    with interpreters(jobs) as pool:
        say = Counter(console, len(methods))
        results = [say(one) for one in _each(pool, searches, None)]
        seconds = solver_seconds or (statistics.median(r.seconds for r in results) if results else 60.0)
        results += [say(one) for one in _each(pool, solvers, seconds)]
    return results


class Counter:
    """Says how many of the runs are done, and what the last one came to."""

    def __init__(self, console: Console, total: int) -> None:
        self._console, self._total, self._done = console, total, 0

    def __call__(self, result: Result) -> Result:
        """Counts `result` and hands it back."""
        self._done += 1
        best = max((score for score in result.scores if score is not None), default=None)
        shown = "-" if best is None else f"{best:.8g}"
        text = f"{result.method} seed {result.seed}: {shown} in {result.seconds:.0f} s"
        self._console.print(f"[{self._done}/{self._total}] {text}", markup=False)
        return result


def _each(
    pool: concurrent.futures.Executor, methods: Sequence[Method], seconds: float | None
) -> Iterator[Result]:
    """The results as they come, whatever their order."""
    waiting = [pool.submit(carry_out, method, seconds) for method in methods]
    for future in concurrent.futures.as_completed(waiting):
        yield future.result()
