"""What a search's decisions cost as its run grows: ``ask``, ``choose`` and ``tell``, the value model included.

``python -m tests.benchmarks.decisions --sizes 1000 10000 100000``

Each search is run once on an NK landscape that is too large to be exhausted, against a simulated clock, with four
workers. A row is the mean over the last tenth of the evaluations before a size, so that what is done now and
then, such as fitting a value model, has its share. Memory is what the process has grown by since the run began.
"""

import argparse
import gc
import json
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evo.pool.interpreters import interpreters
from evo.types import Evaluation, Event
from tests.benchmarks.landscapes.landscape import Landscape
from tests.benchmarks.landscapes.nk import nk
from tests.benchmarks.landscapes.searches import build, split
from tests.benchmarks.landscapes.simulate import Simulation, plan_for

SEARCHES = "top_k,tree[value=null],default,tree"
WORKERS = 4
SITES, NEIGHBOURS, VALUES = 60, 4, 3


class Watched(Simulation):
    """A run that notes its cost after every evaluation: (proposals, CPU seconds of decisions)."""

    def __init__(self, search: str, landscape: Landscape, evaluations: int) -> None:
        plan = plan_for(landscape, evaluations, WORKERS)
        super().__init__(build(search, 0, plan), landscape, evaluations, WORKERS, WORKERS)
        self.marks: list[tuple[int, float]] = [(0, 0.0)]
        self.memory_mb: list[float] = [_memory_mb()]

    def _book(self, event: Event) -> None:
        super()._book(event)
        if isinstance(event, Evaluation):
            self.marks.append((self.trace.proposals, self.trace.decision_s))
            self.memory_mb.append(_memory_mb())


def measure(search: str, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each size, in ascending order: evaluations, ms of CPU for each and for each candidate, MB."""
    run = Watched(search, nk(SITES, NEIGHBOURS, VALUES, seed=6), max(sizes))
    gc.collect()
    run.finish()
    rows = []
    for size in sorted(sizes):
        first = size - max(size // 10, 1)
        (made, spent), (made_before, spent_before) = run.marks[size], run.marks[first]
        ms = 1000 * (spent - spent_before)
        rows.append(
            {
                "search": search,
                "evaluations": size,
                "ms_per_evaluation": ms / (size - first),
                "ms_per_candidate": ms / max(made - made_before, 1),
                "proposals_per_evaluation": (made - made_before) / (size - first),
                "memory_mb": run.memory_mb[size] - run.memory_mb[0],
            }
        )
    return rows


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--searches", default=SEARCHES, help="separated by commas")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000], help="evaluations")
    parser.add_argument("--json", type=Path, help="writes the figures here too")
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    print(
        f"{'search':24s}{'evaluations':>12s}{'ms each':>10s}{'ms a candidate':>16s}{'proposals':>11s}{'MB':>7s}"
    )
    for search in split(args.searches):
        with interpreters(1) as pool:  # a process each: memory is its own
            found = pool.submit(measure, search, args.sizes).result()
        rows += found
        for row in found:
            print(
                f"{search:24s}{row['evaluations']:12,d}{row['ms_per_evaluation']:10.2f}"
                f"{row['ms_per_candidate']:16.2f}{row['proposals_per_evaluation']:11.1f}{row['memory_mb']:7.0f}"
            )
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n")


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
