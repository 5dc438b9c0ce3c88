"""Recorded runs as events in time order, and how well a value model predicts what comes next in them.

``python -m tests.benchmarks.landscapes.programs --model evo.value.ensemble:Ensemble``
"""

import argparse
import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from scipy.stats import spearmanr

from evo.report.statistics import bootstrap_interval
from evo.roles import ValueModel
from evo.types import Candidate, Evaluation, Plan, Proposal
from tests.benchmarks.landscapes.record import FOLDER
from tests.benchmarks.landscapes.searches import build_value

EVERY = 100
"""Labels between measurements, and candidates that each is made on."""


@dataclass(frozen=True)
class Recording:
    """One run.

    Attributes:
        name: search and seed.
        proposals: judged candidates, in the order they were made.
        verdicts: id -> verdict.
        events: proposals and verdicts in the order they came.
    """

    name: str
    proposals: list[Proposal]
    verdicts: dict[str, Evaluation]
    events: list[Proposal | Evaluation]

    def plan(self) -> Plan:
        """As far as a value model needs it."""
        names = sorted({p.operator for p in self.proposals} - {"seed"})
        return Plan(operators=dict.fromkeys(names, Plan().operators["ast.mutate"]))


def recordings(problem: str, folder: Path = FOLDER) -> Iterator[Recording]:
    """The runs of ``programs/PROBLEM.parquet``."""
    rows = pq.read_table(folder / f"{problem}.parquet").to_pylist()
    for name in dict.fromkeys(row["run"] for row in rows):
        yield _recording(name, [row for row in rows if row["run"] == name])


def _recording(name: str, rows: list[dict[str, Any]]) -> Recording:
    timed: list[tuple[int, Proposal | Evaluation]] = []
    for number, row in enumerate(sorted(rows, key=lambda row: row["time"])):
        timed.append((row["time"], _proposal(row, number)))
        verdict = Evaluation(
            candidate=row["candidate"],
            stage=row["stage"],
            status=row["status"],
            score=row["score"],
            seconds=row["seconds"],
        )
        timed.append((row["judged"], verdict))
    events = [event for _, event in sorted(timed, key=lambda pair: pair[0])]
    verdicts = {event.candidate: event for event in events if isinstance(event, Evaluation)}
    return Recording(name, [e for e in events if isinstance(e, Proposal)], verdicts, events)


def _proposal(row: dict[str, Any], number: int) -> Proposal:
    parents = tuple(row["parents"])
    candidate = Candidate(row["candidate"], {row["file"]: row["text"]}, parents, row["operator"], row["note"])
    return Proposal(number=number, operator=row["operator"], parents=parents, candidate=candidate)


# -- measuring -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Skill:
    """Rank correlations with the truth, over the valid ones of so many candidates, see `rank_correlation`.

    Attributes:
        labels: verdicts that the model was told.
        ahead: of predictions of the next candidates, all made at this moment.
        ahead_parent: of the score of their nearest judged ancestor.
        arrival: of predictions made when each arrived, for those that arrived since the last measurement.
        arrival_parent: of the score of their first parent then.
    """

    labels: int
    ahead: float
    ahead_parent: float
    arrival: float
    arrival_parent: float


def measure(model: ValueModel, run: Recording, every: int = EVERY) -> list[Skill]:
    """How `model`, told the events of `run` as they came, ranks candidates that are not judged yet."""
    found: list[Skill] = []
    known: dict[str, Evaluation] = {}
    parents: dict[str, str] = {}
    recent: list[tuple[float, float, str]] = []  # prediction, parent's score, candidate
    for event in run.events:
        model.tell(event)
        if isinstance(event, Evaluation):
            known[event.candidate] = event
            if len(known) % every == 0 and len(known) < len(run.proposals):
                found.append(_skill(model, run, known, recent, every))
                recent = []
        elif event.candidate is not None:
            name = event.candidate.id
            parents[name] = event.parents[0] if event.parents else ""
            if model.n_labels:
                recent.append((float(model.predict([name]).mean[0]), _ancestor(name, parents, known), name))
    return found


def _skill(
    model: ValueModel,
    run: Recording,
    known: dict[str, Evaluation],
    recent: Sequence[tuple[float, float, str]],
    every: int,
) -> Skill:
    coming = [p for p in run.proposals if p.candidate is not None and p.candidate.id not in known][:every]
    names = [p.candidate.id for p in coming if p.candidate is not None]
    fork = copy.deepcopy(model)  # the run goes on as if nobody had looked ahead
    for proposal in coming:
        fork.tell(proposal)
    parents = {p.candidate.id: p.parents[0] for p in run.proposals if p.candidate is not None and p.parents}
    floor = [_ancestor(name, parents, known) for name in names]
    return Skill(
        len(known),
        _correlation(fork.predict(names).mean, names, run),
        _correlation(floor, names, run),
        _correlation([row[0] for row in recent], [row[2] for row in recent], run),
        _correlation([row[1] for row in recent], [row[2] for row in recent], run),
    )


def _ancestor(name: str, parents: dict[str, str], known: dict[str, Evaluation]) -> float:
    """The score of the nearest ancestor that has one."""
    while name := parents.get(name, ""):
        if name in known and (score := known[name].score) is not None:
            return score
    return 0.0


def _correlation(guesses: Sequence[float] | np.ndarray, names: Sequence[str], run: Recording) -> float:
    scores = np.array([run.verdicts[name].score for name in names], dtype=float)
    ok = np.isfinite(scores)
    return rank_correlation(np.asarray(guesses, dtype=float)[ok], scores[ok])


def rank_correlation(guesses: np.ndarray, scores: np.ndarray) -> float:
    """Spearman's; 0 where all guesses are the same, which orders nothing; NaN where there is nothing to order."""
    if len(scores) < 3 or np.ptp(scores) == 0:
        return float("nan")
    if np.ptp(guesses) == 0:
        return 0.0
    return float(spearmanr(guesses, scores).statistic)


def report(model: str, problem: str, every: int, runs: int) -> list[dict[str, Any]]:
    """Means over runs at each number of labels, and (labels 0) over all, with intervals over runs."""
    skills = [
        measure(build_value(model, 0, run.plan()), run, every)
        for run in list(recordings(problem))[: runs or None]
    ]
    labels = sorted({skill.labels for run in skills for skill in run})
    rows = [
        _row(problem, at, [[skill for skill in run if skill.labels == at] for run in skills]) for at in labels
    ]
    return [*rows, _row(problem, 0, skills)]


def _row(problem: str, labels: int, skills: Sequence[Sequence[Skill]]) -> dict[str, Any]:
    row: dict[str, Any] = {"problem": problem, "labels": labels, "runs": len(skills)}
    for name in ("ahead", "ahead_parent", "arrival", "arrival_parent"):
        values = [[v for skill in run if not np.isnan(v := getattr(skill, name))] for run in skills]
        means = [float(np.mean(run)) for run in values if run]
        row[name] = float(np.mean(means)) if means else None
        row[f"{name}_interval"] = bootstrap_interval(means) if means else None
    return row


def main() -> None:
    """Prints a table for each recorded problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="evo.value.ensemble:Ensemble")
    parser.add_argument(
        "--problems", default=",".join(sorted(file.stem for file in FOLDER.glob("*.parquet")))
    )
    parser.add_argument("--every", type=int, default=EVERY)
    parser.add_argument("--runs", type=int, default=0, help="the first so many; 0 for all")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = [
        row
        for problem in args.problems.split(",")
        for row in report(args.model, problem, args.every, args.runs)
    ]
    print(json.dumps(rows, indent=1) if args.json else "\n".join(_lines(rows)))


def _lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = ("ahead", "ahead_parent", "arrival", "arrival_parent")
    yield f"{'problem':<22}{'labels':>7}" + "".join(f"{name:>26}" for name in names)
    for row in rows:
        cells = [
            "-"
            if row[name] is None
            else "{:.2f} [{:.2f}, {:.2f}]".format(row[name], *row[f"{name}_interval"])
            for name in names
        ]
        yield f"{row['problem']:<22}{row['labels'] or 'all':>7}" + "".join(f"{cell:>26}" for cell in cells)


if __name__ == "__main__":
    main()
