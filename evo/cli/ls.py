"""List runs: what they search, how far they are, the score of the champion so far.

Examples:
  evo ls                 # every run below ./runs
  evo ls runs/compare    # every run below a folder
  evo ls --json
"""

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

from evo.cli.screen import screen
from evo.errors import EvoError, RunError
from evo.report.tables import runs_table
from evo.store.archive import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo ls`` takes."""
    parser.add_argument(
        "dir", nargs="?", type=Path, default=Path("runs"), help="where to look (default: runs)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a run")


def run(args: argparse.Namespace) -> int:
    """Lists; returns the exit status."""
    if not args.dir.is_dir():
        raise RunError(f"no folder {args.dir}. Start a run with: evo run problem=circle_packing")
    files = (file for file in args.dir.rglob("config.yaml") if (file.parent / "journal").is_dir())
    found = sorted(files, key=lambda file: file.stat().st_mtime)
    rows = [run_row(file.parent) for file in found]
    if args.json:
        for row in rows:
            print(json.dumps(row))
    elif rows:
        screen().print(runs_table(rows))
    else:
        print(f"No runs below {args.dir}. Start one with: evo run problem=circle_packing")
    return 0


def run_row(folder: Path) -> dict[str, Any]:
    """One run in a line; a damaged one says so instead of spoiling the list."""
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    row: dict[str, Any] = {
        "dir": str(folder),
        "problem": config["problem"]["use"],
        "search": config["search"]["use"].rsplit(":", 1)[-1],
        "seed": config["run"]["seed"],
        "best": None,
        "evaluations": 0,
        "budget": config["budget"]["evaluations"],
        "status": "running or killed",
        "verified": True,
        "champion": None,
        "why": "",
        "warning": "",
        "changed": (folder / "config.yaml").stat().st_mtime,
    }
    outcome = folder / "outcome.json"
    if outcome.is_file():
        row["status"] = json.loads(outcome.read_text())["reason"]
    try:
        with open_run(folder) as view:
            if pick := view.archive.pick():
                row |= {"champion": pick.champion.id, "why": pick.why, "warning": pick.warning}
                row |= {"best": pick.champion.score, "verified": pick.champion.verified}
            row["evaluations"] = view.archive.spent
            row["changed"] = view.changed
    except EvoError as error:
        row["status"] = str(error)
    return row
