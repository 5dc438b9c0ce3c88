"""Write a run's page: one HTML file that opens offline. Works while the run is going on.

Examples:
  evo report runs/circle_packing-20260101-120000
  evo report DIR --out page.html
  evo report DIR --json                # the numbers behind the page
"""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from evo import config as configuration
from evo.cli.summarise import summarise
from evo.errors import RunError
from evo.report.page import write_page
from evo.store.archive import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo report`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: DIR/report.html")
    parser.add_argument("--json", action="store_true", help="print the numbers behind it, write nothing")


def run(args: argparse.Namespace) -> int:
    """Writes; returns the exit status."""
    if not (args.dir / "config.yaml").is_file():
        raise RunError(f"{args.dir} is not a run: it has no config.yaml. See: evo ls")
    config = configuration.load(args.dir / "config.yaml")
    with open_run(args.dir) as view:
        summary = summarise(view, config.load_problem())
    if args.json:
        print(json.dumps(dataclasses.asdict(summary), default=_plain))
        return 0
    print(f"Wrote {write_page(summary, args.out or args.dir / 'report.html')}")
    return 0


def _plain(value: Any) -> Any:
    """Arrays as lists, and anything else by its text."""
    return value.tolist() if isinstance(value, np.ndarray) else str(value)
