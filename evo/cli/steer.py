"""Send advice to a run: the language models read it from their next prompt on, also after a resume.

Examples:
  evo steer DIR "try a hexagonal start"
  evo steer DIR "never use random numbers" --author mia
"""

import argparse
import getpass
import json
from pathlib import Path

from evo.errors import ConfigError
from evo.store.archive import open_run
from evo.store.inbox import send
from evo.types import Steering

LONGEST = 2_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo steer`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("text", metavar="TEXT", help="what to tell the models")
    parser.add_argument("--author", default="", metavar="NAME", help="who says so (default: you)")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Sends; returns the exit status."""
    text = " ".join(args.text.split())
    if not 0 < len(text) <= LONGEST:
        raise ConfigError(f"advice has 1 to {LONGEST} characters, got {len(text)}. Say it shorter.")
    send(args.dir, Steering(text, args.author or getpass.getuser()))
    with open_run(args.dir) as view:
        heard = str(
            (view.config.get("llm") or {}).get("model") or (view.config.get("llm") or {}).get("models") or ""
        )
    if args.json:
        print(json.dumps({"dir": str(args.dir), "text": text, "models": bool(heard)}))
        return 0
    print("Sent: a running search takes it in within a second, a stopped one when it is resumed.")
    if not heard:
        print("This run asks no language model, and the operators that need none do not read advice.")
    return 0
