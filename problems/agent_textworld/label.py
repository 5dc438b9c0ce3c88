"""Judges every design of the discrete policy space once, and keeps the scores in `labels.parquet`.

    python problems/agent_textworld/label.py                 # goes on where it was ended; nothing to do if all are there
    python problems/agent_textworld/label.py --references    # the hand-made designs, on all splits: the README's table
    python problems/agent_textworld/label.py --check 20      # so many designs again, in the jail: the scores must agree

The designs are made of evo's own components, so they are played in this process, all cores at once (about 0.4 s of
CPU a design). A row is a design: its id, what differs, its score on the search cases, that of each case, and seconds.
"""

import argparse
import itertools
import multiprocessing
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from evo import plugins
from evo.design.catalogue import Catalogue
from evo.design.design import Design
from evo.design.parts import DESIGN
from evo.evaluate import Sandbox
from evo.testing.play import play
from evo.types import Case, EvaluateTask, Problem, Split

HERE = Path(__file__).resolve().parent
LABELS = HERE / "labels.parquet"
SAVED_EVERY = 100
"""Designs between two times that the table is written."""

PLANNING: Mapping[str, tuple[str, ...]] = {
    "none": ("none", "random_walk", "least_tried"),
    "visited": ("none", "random_walk", "least_tried"),
    "map_graph": ("none", "random_walk", "least_tried", "frontier", "goal_path"),
}
"""Memory -> what can plan with it."""

TARGETS = ("places", "things", "both")
RULES: Mapping[str, tuple[Any, ...]] = {
    "goal": (1.0, 2.0),
    "orders": ("none", "now", "kept"),
    "repeats": (0.0, 1.0),
    "curious": (0.0, 0.5),
    "gains": (0.0, 0.5),
    "reckon": (False, True),
    "careful": (False, True),
}
"""Parameter of the heuristic -> its values here."""

Choice = dict[str, Any]
"""What differs: memory, planning, reasoning, and the parameters that count with them."""


def choices() -> Iterator[Choice]:
    """Every valid choice once, in a fixed order."""
    for memory, plannings in PLANNING.items():
        for planning in plannings:
            for targets in TARGETS if planning == "goal_path" else (None,):
                common = {"memory": memory, "planning": planning, "targets": targets}
                if planning != "none":
                    yield {**common, "reasoning": "none", **dict.fromkeys(RULES)}
                for values in itertools.product(*RULES.values()):
                    yield {**common, "reasoning": "heuristic", **dict(zip(RULES, values, strict=True))}


def files(choice: Choice) -> dict[str, str]:
    """The choice as a candidate's files."""
    planning: Any = choice["planning"]
    if choice["targets"]:
        planning = {"use": planning, "targets": choice["targets"]}
    reasoning = {
        "use": choice["reasoning"],
        **{name: choice[name] for name in RULES if choice[name] is not None},
    }
    slots = {"workflow": "loop", "memory": choice["memory"], "planning": planning, "reasoning": reasoning}
    return {DESIGN: yaml.safe_dump({"slots": slots}, sort_keys=False)}


@cache
def problem() -> Problem:
    """This problem."""
    return plugins.problem(HERE)


@cache
def _world() -> Any:
    return plugins.load("world.py:Games", HERE)()


@cache
def _catalogue() -> Catalogue:
    return Catalogue.of(problem())


def cases(split: Split) -> list[Case]:
    """Those of a split, in their order."""
    return [case for case in problem().all_cases() if case.split == split]


def scores(text: Mapping[str, str], split: Split = "search") -> tuple[list[float], float]:
    """The score of each case of a split, and the seconds that all took."""
    start = time.perf_counter()
    design = Design.load(text, _catalogue())
    found = [play(design, _world(), case)[0].score for case in cases(split)]
    return [float(score) for score in found if score is not None], time.perf_counter() - start


def label(choice: Choice) -> dict[str, Any]:
    """A row of the table."""
    text = files(choice)
    found, seconds = scores(text)
    named = dict(zip([case.name for case in cases("search")], found, strict=True))
    design = Design.load(text, _catalogue()).id
    return {"id": design, **choice, "score": sum(found) / len(found), "seconds": round(seconds, 3), **named}


def known() -> list[dict[str, Any]]:
    """The rows that are there already."""
    return pq.read_table(LABELS).to_pylist() if LABELS.exists() else []


def save(rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the table, in the order of `choices`, so that an end in between leaves the old one."""
    place = {tuple(choice.values()): at for at, choice in enumerate(choices())}
    order = sorted(rows, key=lambda row: place[tuple(row[name] for name in next(choices()))])
    part = LABELS.with_suffix(".part")
    pq.write_table(pa.Table.from_pylist(list(order)), part, compression="zstd")
    part.replace(LABELS)


def fill(jobs: int) -> None:
    """Judges what is missing."""
    rows = known()
    there = {tuple(row[name] for name in next(choices())) for row in rows}
    missing = [choice for choice in choices() if tuple(choice.values()) not in there]
    print(f"{len(rows)} designs are labelled, {len(missing)} are not")
    if not missing:
        return
    plugins.load("world.py:require", HERE)()
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for n, row in enumerate(pool.imap_unordered(label, missing, chunksize=4), 1):
            rows.append(row)
            if n % SAVED_EVERY == 0 or n == len(missing):
                save(rows)
                print(f"{len(rows)} designs, best {max(row['score'] for row in rows):.4f}", flush=True)


def references() -> None:
    """Prints the table of the hand-made designs."""
    print("| design | search | selection | holdout |\n|---|---|---|---|")
    for file in sorted((HERE / "references").glob("*.yaml")):
        text = {DESIGN: file.read_text(encoding="utf-8")}
        means = []
        for split in ("search", "selection", "holdout"):
            found, _ = scores(text, split)
            means.append(f"{sum(found) / len(found):.3f}")
        print(f"| {file.stem} | {' | '.join(means)} |", flush=True)


def check(n: int) -> int:
    """Judges `n` labelled designs again in the jail; how many scores differ."""
    rows = known()
    evaluator = plugins.load(problem().evaluator, HERE)(problem(), Sandbox(), **problem().options)
    differ = 0
    try:
        for row in rows[:: max(1, len(rows) // n)][:n]:
            text = files({name: row[name] for name in next(choices())})
            verdict = evaluator(EvaluateTask(row["id"], "search", files=text))
            same = [case.score for case in verdict.cases] == [row[case.name] for case in cases("search")]
            differ += not same
            print(f"{row['id'][:12]} {row['score']:.4f} {verdict.score} {'same' if same else 'DIFFERENT'}")
    finally:
        evaluator.close()
    return differ


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes, each with a Java of its own"
    )
    parser.add_argument("--references", action="store_true")
    parser.add_argument("--check", type=int, metavar="N")
    args = parser.parse_args()
    if args.check:
        raise SystemExit(1 if check(args.check) else 0)
    if args.references:
        references()
    else:
        fill(args.jobs)


if __name__ == "__main__":
    main()
