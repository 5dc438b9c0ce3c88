"""Draw best-so-far curves of one run or several, as SVG (or PNG with matplotlib installed).

Examples:
  evo plot runs/circle_packing-20260101-120000
  evo plot runs/a runs/b --out curves.svg
  evo plot runs/a --json               # the curve as numbers
"""

import argparse
import json
from pathlib import Path

from evo import config as configuration
from evo import plugins
from evo.cli.curves import curve_of
from evo.report.plot import write_plot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo plot`` takes."""
    parser.add_argument("dirs", nargs="+", type=Path, metavar="DIR", help="run folders")
    parser.add_argument(
        "--out", type=Path, default=Path("plot.svg"), metavar="FILE", help="default: plot.svg"
    )
    parser.add_argument("--json", action="store_true", help="print the curves, draw nothing")


def run(args: argparse.Namespace) -> int:
    """Draws; returns the exit status."""
    curves = {str(folder): curve_of(folder) for folder in args.dirs}
    if args.json:
        for name, (evaluations, scores) in curves.items():
            print(json.dumps({"dir": name, "evaluations": list(evaluations), "best": list(scores)}))
        return 0
    write_plot(curves, args.out, best_known=_best_known(args.dirs))
    print(f"Wrote {args.out}")
    return 0


def _best_known(folders: list[Path]) -> float | None:
    """Of the runs' problem, if it is one and the same for all."""
    configs = [configuration.load(folder / "config.yaml") for folder in folders]
    if len({(str(one.problem), str(sorted(one.params.items()))) for one in configs}) != 1:
        return None
    return plugins.problem(configs[0].problem, configs[0].params).best_known
