"""Show what a candidate was made from, back to its seed.

Examples:
  evo lineage runs/circle_packing-20260101-120000 best
  evo lineage DIR 3fa9 --json
"""

import argparse
import json
from pathlib import Path

from evo.cli.screen import screen
from evo.report.tables import lineage_table
from evo.store.archive import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo lineage`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("id", metavar="ID", help="a candidate's id, its beginning, or 'best'")
    parser.add_argument("--json", action="store_true", help="one JSON object an ancestor, the seed first")


def run(args: argparse.Namespace) -> int:
    """Shows; returns the exit status."""
    with open_run(args.dir) as view:
        rows = [
            {
                "id": row.id,
                "operator": row.operator,
                "parents": list(row.parents),
                "score": row.score,
                "status": row.status,
                "stage": row.stage,
                "note": row.note,
                "verified": row.verified,
            }
            for row in view.archive.lineage(view.resolve(args.id))
        ]
    if args.json:
        for row in rows:
            print(json.dumps(row))
    else:
        screen().print(lineage_table(rows))
    return 0
