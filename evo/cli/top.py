"""List a run's best candidates, and the champion where it is another. Works while the run is going on.

Examples:
  evo top runs/circle_packing-20260101-120000
  evo top DIR -n 20 --json        # id, score, metrics, operator, parents, files
"""

import argparse
import json
from pathlib import Path

from evo.cli.screen import screen
from evo.report.tables import top_table
from evo.store.archive import open_run
from evo.store.picking import Pick


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo top`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("-n", type=int, default=10, metavar="N", help="how many (default: 10)")
    parser.add_argument("--json", action="store_true", help="one JSON object a candidate")


def run(args: argparse.Namespace) -> int:
    """Lists; returns the exit status."""
    with open_run(args.dir) as view:
        rows = []
        pick = view.archive.pick()
        for row in view.archive.top(max(0, args.n)):
            candidate = view.candidate(row.id)
            verdict = view.evaluation(row.id)
            rows.append(
                {
                    "id": row.id,
                    "score": row.score,
                    "metrics": dict(verdict.metrics),
                    "operator": candidate.operator,
                    "parents": list(candidate.parents),
                    "note": candidate.note,
                    "verified": verdict.verified,
                    "champion": pick is not None and row.id == pick.champion.id,
                    "selection": row.scores.get("selection"),
                    "selection_repeats": len(view.archive.repeats(row.id)),
                    "files": dict(candidate.files),
                }
            )
    if args.json:
        for found in rows:
            print(json.dumps(found))
    else:
        screen().print(top_table(rows))
        if pick is not None and pick.note:
            screen().print(_champion(pick), markup=False, highlight=False, soft_wrap=True)
    return 0


def _champion(pick: Pick) -> str:
    """Who is the champion, where that is another than the best score or its rule decides nothing."""
    score = pick.champion.score
    shown = "" if score is None else f"  {score:.10g}"
    return f"champion {pick.champion.id}{shown}: {pick.note}"
