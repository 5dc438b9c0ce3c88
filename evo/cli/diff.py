"""Compare two candidates' files, line by line. Ids may be cut short; 'best' and 'seed' are names.

Of two agent designs it says first which slots and parameters differ.

Examples:
  evo diff runs/circle_packing-20260101-120000 seed best
  evo diff DIR 3fa9 77c0 --json
"""

import argparse
import dataclasses
import json
from pathlib import Path

from evo.cli.screen import screen
from evo.design.design import diff_of_files
from evo.report.tables import diff_view
from evo.report.text import files_diff, one_line
from evo.store.archive import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo diff`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("a", metavar="A", help="a candidate")
    parser.add_argument("b", metavar="B", help="another")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Compares; returns the exit status."""
    with open_run(args.dir) as view:
        a, b = (view.resolve(name) for name in (args.a, args.b))
        one, other = view.candidate(a).files, view.candidate(b).files
    text, changes = files_diff(one, other), diff_of_files(one, other)
    if args.json:
        slots = {} if changes is None else {"slots": [dataclasses.asdict(change) for change in changes]}
        print(json.dumps({"a": a, "b": b, "diff": text, **slots}))
        return 0
    for change in changes or ():
        screen().print(one_line(str(change), 300), markup=False, highlight=False)
    if text:
        screen().print(diff_view(text))
    else:
        print(f"{a} and {b} have the same files.")
    return 0
