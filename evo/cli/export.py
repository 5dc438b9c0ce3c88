"""Write a run's champion (or another candidate): its files, what it produced, and the evidence.

evidence.json holds the problem, the splits, the scores with repeats, seeds, versions, the budget that
was spent, and the lineage: what somebody else needs to check the claim.

Examples:
  evo export runs/circle_packing-20260101-120000 --best OUT
  evo export DIR --id 3fa9 OUT
  evo export DIR --best OUT --force          # write into a folder that is not empty
"""

import argparse
import json
from pathlib import Path

from evo import config as configuration
from evo import plugins
from evo.errors import ConfigError
from evo.store.archive import open_run
from evo.store.export import export_best


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo export`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("--best", action="store_true", help="the champion (the default)")
    parser.add_argument("--id", metavar="ID", help="another candidate")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument("--force", action="store_true", help="overwrite what is there")
    parser.add_argument("--json", action="store_true", help="one JSON object: what was written")


def run(args: argparse.Namespace) -> int:
    """Exports; returns the exit status."""
    if args.best and args.id:
        raise ConfigError("--best and --id exclude each other.")
    config = configuration.load(args.dir / "config.yaml") if (args.dir / "config.yaml").is_file() else None
    draw = plugins.problem(config.problem, config.params).draw if config else None
    with open_run(args.dir) as view:
        name = view.resolve(args.id or "best")
        verified = view.archive.standing(name).verified
        export_best(view, args.out, candidate=name, draw=draw, force=args.force)
    files = sorted(str(p.relative_to(args.out)) for p in args.out.rglob("*") if p.is_file())
    if args.json:
        print(json.dumps({"id": name, "out": str(args.out), "files": files, "verified": verified}))
    else:
        mark = "" if verified else " (UNVERIFIED: judge and candidate shared a process)"
        print(f"Wrote {name}{mark} to {args.out}: {', '.join(files)}")
    return 0
