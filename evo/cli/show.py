"""Show a run, or one of its candidates: files, verdicts, metrics, feedback. An id may be cut short.

Of an agent design the slots come first.

Examples:
  evo show runs/circle_packing-20260101-120000
  evo show DIR 3fa9
  evo show DIR best --json
"""

import argparse
import dataclasses
import json
from pathlib import Path

from evo.cli.asked import model_rows
from evo.cli.decided import fate_of
from evo.cli.ls import run_row
from evo.cli.screen import screen
from evo.design.budget import told
from evo.design.parts import budget_of, parts_of
from evo.report.tables import candidate_view, run_view
from evo.report.text import one_line
from evo.store.archive import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo show`` takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the run's folder")
    parser.add_argument("id", nargs="?", metavar="ID", help="a candidate's id, its beginning, or 'best'")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Shows; returns the exit status."""
    console = screen()
    with open_run(args.dir) as view:
        if args.id is None:
            counts = view.archive.counts()
            if asked := model_rows(view):
                counts["models"] = {f"{row.model}, {row.role}": dataclasses.asdict(row) for row in asked}
            row = run_row(args.dir) | {"counts": counts, "config": view.config}
            print(json.dumps(row)) if args.json else console.print(run_view(row))
            return 0
        name = view.resolve(args.id)
        candidate = view.candidate(name)
        found = dataclasses.asdict(candidate) | {
            "files": dict(candidate.files),
            "evaluations": [dataclasses.asdict(e) for e in view.evaluations(name)],
        }
        if repeats := len(view.archive.repeats(name)):
            mean = view.archive.score(name, "selection")
            found["selection"] = {"score": mean, "repeats": repeats}
        fate = fate_of(view, name)
        pick = view.archive.pick()
        found["champion"] = pick is not None and name == pick.champion.id
        if pick is not None and found["champion"]:
            found |= {"why": pick.why, "warning": pick.warning}
    parts, limits = parts_of(candidate.files), budget_of(candidate.files)
    if parts is not None:
        found["slots"] = {slot: {"use": part.use, **part.values} for slot, part in parts.items()}
        found["budget"] = dict(limits)
    if args.json:
        print(json.dumps(found | {"fate": fate}))
        return 0
    if fate:
        console.print(fate, markup=False)
    if pick is not None and found["champion"] and pick.note:
        console.print(f"champion    {pick.note}", markup=False, highlight=False, soft_wrap=True)
    if repeats > 1:
        shown = "no score" if mean is None else f"{mean:.10g}"
        console.print(f"selection   {shown}, mean of {repeats} judgements", markup=False, highlight=False)
    for slot, part in (parts or {}).items():
        console.print(f"{one_line(slot, 40):<12}{one_line(str(part), 200)}", markup=False, highlight=False)
    if limits:
        console.print(f"budget      at most {told(limits)} in a case", markup=False, highlight=False)
    console.print(candidate_view(found))
    return 0
