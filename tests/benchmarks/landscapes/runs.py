"""One run of a study, as a line of JSON that says all that its tables need."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import numpy as np

from tests.benchmarks.landscapes.landscape import Landscape
from tests.benchmarks.landscapes.searches import build
from tests.benchmarks.landscapes.simulate import Trace, simulate
from tests.benchmarks.landscapes.stock import STOCK


@dataclass(frozen=True, slots=True)
class Order:
    """A run to make: everything that tells it from the others."""

    landscape: str
    search: str
    seed: int
    evaluations: int
    workers: int = 1
    cold_start: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes:
        steps: where the best true score so far rose: (evaluation, from 1; score).
        incumbent: the same of the candidate that was judged best, which noise can make fall.
        made: evaluations.
        clock: simulated seconds.
        decision_ms: CPU of `ask`, `choose` and `tell` for each evaluation.
        lag: mean number of evaluations between order and verdict.
    """

    order: Order
    steps: list[tuple[int, float]]
    incumbent: list[tuple[int, float]]
    made: int
    proposals: int
    duplicates: int
    unjudged: int
    clock: float
    decision_ms: float
    lag: float
    ending: str


@cache
def landscape(name: str) -> Landscape:
    """The stock landscape of that name, made once in a process."""
    return STOCK[name]()


def carry_out(order: Order) -> Run:
    """Makes the run."""
    trace = simulate(
        lambda seed, plan: build(order.search, seed, plan),
        landscape(order.landscape),
        order.seed,
        order.evaluations,
        order.workers,
        cold_start=order.cold_start,
    ).trace
    return summary(order, trace)


def summary(order: Order, trace: Trace) -> Run:
    """What is kept of a run."""
    made = len(trace.truth)
    return Run(
        order,
        _steps(trace.best),
        _steps(trace.incumbent),
        made,
        trace.proposals,
        trace.duplicates,
        trace.unjudged,
        trace.clock[-1] if made else 0.0,
        1000 * trace.decision_s / max(made, 1),
        fmean(trace.lag) if made else 0.0,
        trace.ending,
    )


def _steps(curve: np.ndarray) -> list[tuple[int, float]]:
    values = [np.nan, *curve.tolist()]
    return [(i, b) for i, (a, b) in enumerate(pairwise(values), 1) if not np.isnan(b) and a != b]


def read(file: Path) -> list[Run]:
    """The runs in a file, without a last line that was cut off."""
    runs = []
    for line in file.read_text().splitlines(keepends=True) if file.exists() else []:
        if line.endswith("\n") and line.strip():
            fields = json.loads(line)
            fields["order"] = Order(**fields["order"])
            runs.append(Run(**fields))
    return runs


def append(file: Path, runs: Iterable[Run]) -> None:
    """Adds `runs` to the end of a file, in the place of a last line that was cut off."""
    text = "".join(json.dumps(asdict(run)) + "\n" for run in runs)
    with file.open("a+b") as stream:
        stream.seek(0)
        stream.truncate(stream.read().rfind(b"\n") + 1)
        stream.write(text.encode())
