"""Show what each component of a run's designs has brought: main effects with 95 % intervals.

An effect is what a component adds to the score against the mean of all that stood in its slot, in designs
like those that the run judged: it comes with the parameters that it had there, and all else is as it was
there. A search judges good designs more than others, so over all possible designs effects differ, those of
numbers most. All slots are fitted together, so that a component gets no credit for its company; pairs of
designs that differ in one slot alone (swaps) count most. What is clear (the interval excludes 0) is marked.
Works while the run is going on.

Examples:
  evo effects runs/my_agents-20260101-120000
  evo effects DIR --top 5         # the clearest alone
  evo effects DIR --pairs         # components that do better or worse together
  evo effects DIR --swaps         # designs that differ in one slot alone
  evo effects DIR --operators     # what operators have brought; for programs too
  evo effects DIR --json          # one JSON object a line, with its kind
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evo.cli.components import children_of, effects_of
from evo.cli.screen import screen
from evo.errors import ConfigError, RunError
from evo.report.effects import effects_table
from evo.report.text import json_lines
from evo.store.archive import RunView, open_run
from evo.value.effects import Effects, operator_effects, telling


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo effects`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("--pairs", action="store_true", help="also pairs of components, the clear ones first")
    parser.add_argument("--swaps", action="store_true", help="also comparisons with all else equal")
    parser.add_argument("--operators", action="store_true", help="operators instead of components")
    parser.add_argument("--top", type=int, metavar="N", help="the N clearest of each kind alone")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Shows; returns the exit status."""
    if args.top is not None and args.top < 1:
        raise ConfigError(f"--top must be at least 1, got {args.top}. See: evo effects --help")
    with open_run(args.dir) as view:
        rows = list(_operators(view) if args.operators else _components(view, args))
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    groups = {kind: [row for row in rows if row["kind"] == kind] for kind in kinds}
    if args.top is not None:
        groups = {kind: sorted(some, key=_order)[: args.top] for kind, some in groups.items()}
    if args.json:
        print(json_lines(_public(row) for some in groups.values() for row in some), end="")
        return 0
    for kind, some in groups.items():
        screen().print(effects_table(kind, some))
    if not groups:
        print("Nothing differs between the designs that were judged so far, or there are too few of them.")
    return 0


def _components(view: RunView, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    found = effects_of(view)
    if found is None:
        raise RunError(
            f"{args.dir} has no components: its candidates are no designs, which have a file design.yaml or "
            f"design.json with slots. See what its operators brought: evo effects {args.dir} --operators"
        )
    yield from _main(found)
    if args.pairs:
        for pair in found.pairs:
            yield {"kind": "pair", "main": pair.score, **asdict(pair)}
    if args.swaps:
        for swap in found.swaps:
            yield {"kind": "swap", "main": swap.difference, **asdict(swap)}


def _main(found: Effects) -> Iterator[dict[str, Any]]:
    for one in found.components:
        figures = {"seconds": one.seconds, "usd": one.usd, "ok": one.ok}
        yield {"kind": "component", "main": one.score, "figures": figures, **asdict(one)}
    for parameter in found.parameters:
        yield {
            "kind": "parameter",
            "main": parameter.slope,
            "best": asdict(parameter.best),
            **asdict(parameter),
        }


def _operators(view: RunView) -> Iterator[dict[str, Any]]:
    for one in operator_effects(children_of(view)):
        yield {"kind": "operator", "main": one.gain, "figures": {"better": one.better}, **asdict(one)}


def _order(row: dict[str, Any]) -> tuple[bool, bool, float]:
    main = row["main"]
    return (main is None, *telling(main))


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """As it is printed for programs: with what is clear said, and without what is for the table alone."""
    clear = row["main"] is not None and row["main"].clear
    return {name: value for name, value in row.items() if name not in ("main", "figures")} | {"clear": clear}
