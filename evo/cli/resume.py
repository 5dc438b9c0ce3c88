"""Go on with a run from its journal: after an interruption, a crash, or to spend more.

Examples:
  evo resume runs/circle_packing-20260101-120000
  evo resume DIR budget.evaluations=5000        # raise the budget and go on
  evo resume DIR pool=inline                    # go on elsewhere; the search itself stays as it was
  evo resume DIR 'run.champion=least usd within 0.02'   # name another champion; see: evo run --help
  evo resume DIR --recover                      # set damaged journal rows aside and keep the good ones

Nothing that was paid for is paid for twice; what was in flight is asked for again.
"""

import argparse
from pathlib import Path

from evo.cli.run import add_sitting_arguments
from evo.cli.sitting import sit
from evo.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo resume`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument(
        "settings", nargs="*", metavar="key=value", help="budget.*, pool=, pool.*, sandbox.*, run.champion"
    )
    parser.add_argument("--recover", action="store_true", help="set damaged journal rows aside")
    add_sitting_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Resumes; returns the exit status."""
    words = list(args.settings) + (["sandbox.unsafe=true"] if args.unsafe_no_sandbox else [])
    with Session.resume(args.dir, words, recover=args.recover) as session:
        return sit(session, args)
