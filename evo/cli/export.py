"""Write a run's champion (or another candidate): its files, what it produced, and the evidence.

evidence.json holds the problem, the splits, the scores with repeats, seeds, versions, the champion rule, the
budget that was spent, and the lineage: what somebody else needs to check the claim.

Examples:
  evo export runs/circle_packing-20260101-120000 --best OUT
  evo export DIR --id 3fa9 OUT
  evo export DIR --best OUT --force          # write into a folder that is not empty
  evo export DIR --trajectories chat.jsonl   # what agents and models said, for those who train models
"""

import argparse
import json
from pathlib import Path

from evo import config as configuration
from evo.assembly import search_stages
from evo.cli.conversations import lines
from evo.errors import ConfigError, RunError
from evo.store.archive import open_run
from evo.store.export import export_best


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo export`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("--best", action="store_true", help="the champion (the default)")
    parser.add_argument("--id", metavar="ID", help="another candidate")
    parser.add_argument("out", type=Path, nargs="?", metavar="OUT", help="folder to write")
    parser.add_argument(
        "--trajectories",
        type=Path,
        metavar="FILE",
        help="write conversations of agents as chat JSON lines: supervised ones and preference pairs",
    )
    parser.add_argument("--force", action="store_true", help="overwrite what is there")
    parser.add_argument("--json", action="store_true", help="one JSON object: what was written")


def run(args: argparse.Namespace) -> int:
    """Exports; returns the exit status."""
    if args.best and args.id:
        raise ConfigError("--best and --id exclude each other.")
    if args.trajectories is not None:
        return _trajectories(args)
    if args.out is None:
        raise ConfigError("where to? Name a folder: evo export DIR OUT")
    config = configuration.load(args.dir / "config.yaml") if (args.dir / "config.yaml").is_file() else None
    draw = config.load_problem().draw if config else None
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


def _trajectories(args: argparse.Namespace) -> int:
    """Writes the conversations of a run; returns the exit status."""
    if args.trajectories.exists() and not args.force:
        raise RunError(f"{args.trajectories} is there. Give another name, or write over it with --force.")
    with open_run(args.dir) as view:
        config = configuration.load(args.dir / "config.yaml")
        problem = config.load_problem()
        found = list(lines(view, [stage.name for stage in search_stages(problem)]))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found)
    args.trajectories.write_text(text, encoding="utf-8", errors="replace")
    counts = {kind: sum(line["kind"] == kind for line in found) for kind in ("supervised", "preference")}
    if args.json:
        print(json.dumps({"file": str(args.trajectories), **counts}))
    else:
        supervised, pairs = counts.values()
        print(f"Wrote {supervised} conversations and {pairs} preference pairs to {args.trajectories}")
    return 0
