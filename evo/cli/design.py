"""Agent designs: list the components of a problem, check a design, write it in its canonical form.

Examples:
  evo design list agent_textworld                 # components by slot, with their parameters
  evo design check my_design/ problem=agent_textworld
  evo design format my_design/                    # every default spelled out, in one order
  evo design graph my_design/ > design.svg
  evo design schema agent_textworld > design.schema.json

Without a problem the components are evo's own. `check` exits with 0 if nothing is wrong, else with 2.
"""

import argparse
import json
import sys
from pathlib import Path

from evo import plugins
from evo.cli.eval import read_candidate
from evo.design.budget import BUDGET, told
from evo.design.catalogue import Catalogue, ours, plain
from evo.design.component import SHELVES, shown
from evo.design.design import Design
from evo.design.graph import graph
from evo.design.parts import DESIGN
from evo.design.rules import OFF
from evo.design.schema import schema
from evo.errors import ConfigError

ACTIONS = ("list", "check", "format", "graph", "schema")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo design`` takes."""
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("dir", nargs="?", metavar="DIR|PROBLEM", help="a design's folder, or a problem")
    parser.add_argument("settings", nargs="*", metavar="problem=NAME", help="whose components it is made of")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Does one of them; returns the exit status."""
    if args.action in ("list", "schema"):
        catalogue = _catalogue(args.dir)
        if args.action == "schema":
            print(json.dumps(schema(catalogue), indent=2))
        else:
            _list(catalogue, args.json)
        return 0
    if not args.dir:
        raise ConfigError(f"which design? See: evo design {args.action} DIR")
    folder = Path(args.dir)
    design = Design.load(read_candidate(folder).files, _catalogue(_problem(args.settings)))
    if args.action == "graph":
        sys.stdout.write(graph(design) + "\n")
    elif args.action == "format":
        target = folder / DESIGN if folder.is_dir() else folder
        target.write_text(design.files()[DESIGN], encoding="utf-8")
        print(json.dumps({"file": str(target), "id": design.id}) if args.json else f"Wrote {target}.")
    elif args.json:
        slots = {slot: {"use": part.use, **part.values} for slot, part in design.parts.items()}
        print(json.dumps({"id": design.id, "slots": slots, BUDGET: dict(design.budget)}))
    else:
        for slot, part in design.parts.items():
            print(f"{slot:<10}{part}")
        if design.budget:
            print(f"{BUDGET:<10}at most {told(design.budget)} in a case")
        print(f"A valid design, {design.id}.")
    return 0


def _problem(settings: list[str]) -> str | None:
    for word in settings:
        key, equals, value = word.partition("=")
        if key != "problem" or not equals:
            raise ConfigError(f"evo design takes problem=NAME, got {word!r}.")
        return value
    return None


def _catalogue(problem: str | None) -> Catalogue:
    return Catalogue(ours()) if problem is None else Catalogue.of(plugins.problem(problem))


def _list(catalogue: Catalogue, as_json: bool) -> None:
    has_tools = catalogue.names("tools") != (OFF,)
    for slot in SHELVES:
        for name in catalogue.names(slot) if slot != "tool" or has_tools else ():
            component = catalogue.component(slot, name)
            if as_json:
                print(json.dumps(plain(component)))
                continue
            needs = f"  needs {', '.join(component.needs)}" if component.needs else ""
            print(f"{slot:<10}{name:<18}{component.purpose}{needs}")
            for one in component.parameters:
                print(
                    f"{'':<28}{one.name} = {shown(one.default)}, one of {', '.join(map(shown, one.grid()))}"
                )
    if catalogue.models and not as_json:
        print(f"{'model':<10}{', '.join(catalogue.models)}")
