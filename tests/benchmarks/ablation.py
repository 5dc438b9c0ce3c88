"""A search without each of its parts, at equal budgets: which of them pays. ``make ablation``.

``python -m tests.benchmarks.ablation --search default --seeds 20 --evaluations 1000 --json FILE``

The parts follow from ``conf/search/NAME.yaml``: a setting that names another class, such as ``value: {use: ...}``,
and what a comment there says how to turn off (``# without restarts: patience=1000000``). Measured on landscapes
whose truth is known (`tests.benchmarks.search_study`) and, with --problems, on real ones with `evo baseline`.

Finished runs are kept below --out: an interrupted ablation goes on where it was. Another configuration has
files of its own; after a change to a search's code remove them.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from evo import plugins
from evo.cli import main as evo
from evo.cli.screen import screen
from evo.cli.variant import Variant, without_each_part
from evo.errors import one_of
from evo.report.statistics import bootstrap_interval, paired_wins, to_target
from evo.report.tables import comparison_table
from tests.benchmarks.landscapes.hpo import is_installed
from tests.benchmarks.landscapes.runs import Order, Run, landscape
from tests.benchmarks.landscapes.searches import settings
from tests.benchmarks.landscapes.stock import STOCK
from tests.benchmarks.landscapes.tables import Study
from tests.benchmarks.search_study import make, show, tables

Row = dict[str, Any]


def main() -> None:
    """Makes the runs that are missing and prints what each part brings."""
    args = _parser().parse_args()
    whole = Variant.of(args.search)
    file = plugins.root() / "conf" / "search" / f"{whole.name}.yaml"
    if not file.is_file():
        raise SystemExit(
            f"No search {whole.name!r}. {one_of(whole.name, sorted(f.stem for f in file.parent.glob('*.yaml')))}"
        )
    parts = without_each_part(file, ",".join(whole.settings))
    if not parts:
        raise SystemExit(f"{file.name} names no part that could be left out.")
    report: Row = {
        "search": args.search,
        "parts": parts,
        "seeds": args.seeds,
        "evaluations": args.evaluations,
    }
    names = _landscapes(args.landscapes)
    if names:
        runs = _runs(args, names, [args.search, *parts.values()])
        report["landscapes"] = tables(names, runs, [args.search], args.quantile)
        report["pays"] = pays(args.search, parts, _studies(names, runs, args.quantile))
        print("\n".join([*show(report["landscapes"]), "", *pays_table(args.search, report["pays"])]))
    report["problems"] = {}
    for problem in filter(None, args.problems.split(",")):
        report["problems"][problem] = _on_problem(args, problem, [args.search, *parts.values()])
        print(f"\n== {problem}")
        screen().print(comparison_table(report["problems"][problem]))
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n")


def _landscapes(text: str) -> list[str]:
    names = [] if text == "none" else list(STOCK) if text == "all" else text.split(",")
    if unknown := [name for name in names if name not in STOCK]:
        raise SystemExit(f"No landscape {unknown[0]!r}. {one_of(unknown[0], list(STOCK))}")
    return [name for name in names if is_installed() or not name.startswith("hpo-")]


def _runs(args: argparse.Namespace, names: Sequence[str], methods: Sequence[str]) -> list[Run]:
    orders = [
        Order(name, method, seed, args.evaluations)
        for seed, name, method in product(
            range(args.first_seed, args.first_seed + args.seeds), names, methods
        )
    ]
    nodes = json.dumps([settings(method) for method in methods], sort_keys=True)
    args.out.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(nodes.encode()).hexdigest()[:8]
    return make(orders, args.out / f"landscapes-{Variant.of(args.search).name}-{digest}.jsonl", args.jobs)


def _studies(names: Sequence[str], runs: Sequence[Run], quantile: float) -> list[Study]:
    return [
        Study(landscape(name), (run for run in runs if run.order.landscape == name), quantile)
        for name in names
    ]


def pays(search: str, parts: Mapping[str, str], studies: Sequence[Study]) -> list[Row]:
    """What is lost without each part, over all landscapes and seeds together.

    Args:
        search: the whole.
        parts: name -> the method without it.
        studies: one a landscape.

    Returns:
        Rows with ``part``, ``method``, ``ratio`` (evaluations to target without the part over those with it,
        median over the pairs of runs; above 1 the part saves some), ``interval`` (95 %, landscapes drawn with
        replacement), ``area`` (pairs in which the whole had the larger area, and the smaller), ``pays``
        (True or False where the areas say so at p below .05, None where they do not say).
    """
    rows = []
    for part, method in parts.items():
        ratios, wholes, cut = [], [], []
        for study in studies:
            for seed in sorted(study.runs[search].keys() & study.runs[method].keys()):
                whole, without = study.runs[search][seed], study.runs[method][seed]
                ratios.append((study.landscape.name, _log_ratio(without, whole, study.target)))
                wholes.append(study.area(whole))
                cut.append(study.area(without))
        won = paired_wins(wholes, cut)
        low, high = _interval(ratios)
        rows.append(
            {
                "part": part,
                "method": method,
                "ratio": float(np.exp(np.median([ratio for _, ratio in ratios]))),
                "interval": (float(np.exp(low)), float(np.exp(high))),
                "area": asdict(won),
                "pays": won.wins > won.losses if won.p < 0.05 else None,
            }
        )
    return rows


def _log_ratio(one: Run, other: Run, target: float) -> float:
    """Of the evaluations to the target; a run that never got there counts as if it had with its last one."""
    taken = [
        to_target(*zip(*run.steps, strict=True), target, run.order.evaluations).evaluations
        for run in (one, other)
    ]
    return float(np.log(taken[0] / taken[1]))


def _interval(ratios: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Of the median over all pairs, by drawing whole landscapes; by drawing seeds where there is only one."""
    names = sorted({name for name, _ in ratios})
    groups = [np.array([ratio for name, ratio in ratios if name == one]) for one in names]
    if len(groups) == 1:
        return bootstrap_interval(groups[0], np.median)
    rng = np.random.default_rng(0)
    drawn = [
        float(np.median(np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])))
        for _ in range(4_000)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def pays_table(search: str, rows: Sequence[Row]) -> list[str]:
    """`pays` as lines of text."""
    lines = [f"== what {search} loses without each part, over all landscapes"]
    words = {True: "pays", False: "does harm", None: "not clear"}
    for row in rows:
        low, high = row["interval"]
        area = row["area"]
        lines.append(
            f"  {row['part']:<20} evaluations to target x{row['ratio']:.2f} [{low:.2f}..{high:.2f}], area better in "
            f"{area['wins']} of {area['wins'] + area['losses']} (p {area['p']:.2g}): {words[row['pays']]}"
        )
    return lines


def _on_problem(args: argparse.Namespace, problem: str, methods: Sequence[str]) -> list[Row]:
    words = [f"problem={problem}", f"budget.evaluations={args.evaluations}", "--methods", ",".join(methods)]
    words += ["--seeds", str(args.seeds), "--jobs", str(args.jobs), "--json"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = evo(["baseline", *words, "--out", str(args.out / problem)])
    if status:
        raise SystemExit(status)
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--search", default="default", help="as in conf/search, with settings in brackets")
    parser.add_argument("--landscapes", default="all", help="names, all or none")
    parser.add_argument("--problems", default="", help="problems of the project, such as circle_packing")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="on landscapes: others than those a constant was chosen on"
    )
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--quantile", type=float, default=0.99, help="of the true scores: the target")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--out", type=Path, default=Path("runs") / "ablation", help="folder of the runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    return parser


if __name__ == "__main__":
    main()
