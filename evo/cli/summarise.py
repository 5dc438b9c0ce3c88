"""A run on the disk as the record of plain values that its page shows."""

import json
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import evo
from evo.budget import SPENDABLE
from evo.cli.asked import arm_rows, model_rows
from evo.cli.components import component_rows
from evo.cli.decided import decisions_of
from evo.design.graph import drawing
from evo.report.summary import (
    BestScore,
    BudgetRow,
    ChampionRow,
    Ending,
    FailureRow,
    Improvement,
    LineageRow,
    OperatorRow,
    RungRow,
    RunSummary,
    SplitScore,
    Timing,
)
from evo.report.text import files_diff
from evo.roles import Search
from evo.store.archive import RunView
from evo.store.journal import read_batches
from evo.store.laps import read_shares
from evo.store.picking import Pick
from evo.store.standing import OperatorRecord, Standing
from evo.types import SPLITS, Problem

PACKAGES = ("numpy", "scipy", "optuna", "ray", "pyarrow", "litellm")

_COLUMNS = ("kind", "status", "seconds", "stage", "sandbox", "operator", "known", "reason", "rung")

_RUNGS = {
    "model": "no model answered",
    "budget": "there was no money left to ask",
    "read": "the answer holds no change",
    "apply": "the change does not fit the parent",
    "compile": "the result is no program",
    "make": "the operator finds nothing to make",
    "novelty": "nearly a copy of a judged sibling, left out by chance",
    "duplicate": "the same program was made before",
}
"""Steps that a proposal climbs, in order, and what each stops."""


@dataclass(slots=True)
class _Walk:
    """What only the events say, in their order: time by step, staleness, why proposals failed."""

    proposing_s: float = 0.0
    judging_s: Counter[str] = field(default_factory=Counter)
    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    lags: list[int] = field(default_factory=list)
    sandboxes: set[str] = field(default_factory=set)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    rungs: Counter[str] = field(default_factory=Counter)
    told: int = 0

    def take(self, row: Mapping[str, Any]) -> None:
        """One event's small columns."""
        if row["kind"] == "proposal":
            self.proposing_s += row["seconds"] or 0.0
            self.lags.append(self.told - (row["known"] or 0))
            if row["status"] != "ok":
                own = "duplicate" if row["status"] == "duplicate" else "make"
                self.rungs[row["rung"] or own] += 1
            if row["status"] not in ("ok", "duplicate"):
                self.refused[row["status"]] = (row["operator"] or "", row["reason"] or "")
        elif row["kind"] == "evaluation":
            self.told += row["stage"] not in SPLITS[1:]
            self.judging_s[row["stage"]] += row["seconds"] or 0.0  # type: ignore[assignment]
            self.verdicts.setdefault(row["stage"], Counter())[row["status"]] += 1
            self.sandboxes.add(row["sandbox"] or "")


def summarise(view: RunView, problem: Problem, search: Search | None = None) -> RunSummary:
    """All that the page of the run shows.

    Args:
        view: the run, which another process may still be writing.
        problem: what it searches, for its statement, its best known value and its drawings.
        search: of the run, where it is at hand: what it knew need not be worked out again.
    """
    archive, config, walk = view.archive, view.config, _walk(view.folder)
    counts, outcome = archive.counts(), _json(view.folder / "outcome.json")
    points = zip(archive.spent_in_order(), archive.scores_in_order(), strict=True)
    scored = np.array([(spent, one) for spent, one in points if one is not None], dtype=float).reshape(-1, 2)
    ending, reason = _ending(outcome, archive.spent)
    wall_s = _seconds(view.folder)
    pick = archive.pick()
    settings = dict(_flat(config))
    arms, bandit = arm_rows(view, problem)
    decisions = decisions_of(view, problem, walk.lags, ended=ending != "running", search=search)
    return RunSummary(
        folder=_short(view.folder),
        problem=problem.name,
        statement=problem.statement,
        seed=int((config.get("run") or {}).get("seed") or 0),
        search=settings.get("search.use", "").rpartition(":")[2],
        settings=settings,
        metrics_meaning=problem.metrics,
        best_known=problem.best_known,
        best_known_source=problem.best_known_source,
        ending=ending,
        reason=reason,
        budgets=_budgets(view, counts, wall_s),
        evaluations=archive.spent,
        proposal_counts=counts["proposals"],
        evaluation_counts=counts["evaluations"],
        ladder=tuple(_ladder(view, problem, counts, walk, decisions.n_screened)),
        operators=tuple(_operator(name, one) for name, one in archive.operator_records().items()),
        models=model_rows(view),
        arms=arms,
        bandit=bandit,
        components=component_rows(view),
        decisions=decisions,
        improvements=_improvements(view),
        points_evaluation=scored[:, 0],
        points_score=scored[:, 1],
        champion=_champion(view, problem, pick) if pick else None,
        failures=tuple(_failures(view, counts, walk)),
        sandbox=", ".join(sorted(one for one in walk.sandboxes if one)),
        timing=_timing(walk, wall_s, archive.spent),
        versions=_versions(),
        written=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
    )


def _walk(folder: Path) -> _Walk:
    walk = _Walk()
    for batch in read_batches(folder, _COLUMNS):
        for row in batch.to_pylist():
            walk.take(row)
    return walk


def _json(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found if isinstance(found, dict) else {}


def _seconds(folder: Path) -> float | None:
    file = folder / "clock"
    return float(file.read_text()) if file.is_file() else None


def _short(folder: Path) -> str:
    """The folder as it is typed from here."""
    here = Path.cwd()
    return (
        str(folder.relative_to(here)) if folder.is_absolute() and folder.is_relative_to(here) else str(folder)
    )


def _ending(outcome: Mapping[str, Any], evaluations: float) -> tuple[Ending, str]:
    """How the last sitting ended; an outcome that knows of fewer evaluations is that of an earlier one."""
    if not outcome or outcome.get("evaluations", 0) < evaluations:
        return "running", "going on, or killed"
    reason = str(outcome.get("reason", ""))
    status = outcome.get("exit_status")
    if status == 0:
        return ("target" if reason.startswith("target") else "met"), reason
    return ("interrupted" if status == 130 else "early"), reason


def _flat(node: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings by their dotted names, those that are not set left out."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _flat(value, f"{prefix}.{key}" if prefix else str(key))
    elif node is not None:
        yield prefix, str(node)


def _budgets(view: RunView, counts: Mapping[str, Any], wall_s: float | None) -> tuple[BudgetRow, ...]:
    usage, limits = view.archive.usage, view.config.get("budget") or {}
    spent = {
        "evaluations": view.archive.spent,
        "proposals": sum(counts["proposals"].values()),
        "seconds": wall_s or 0.0,
        "usd": usage.usd or 0.0,
        "tokens": usage.tokens_in + usage.tokens_out,
        "gpu_seconds": usage.gpu_s,
    }
    return tuple(
        BudgetRow(name, spent[name], limits.get(name))
        for name in SPENDABLE
        if spent[name] or limits.get(name)
    )


def _ladder(
    view: RunView, problem: Problem, counts: Mapping[str, Any], walk: _Walk, screened: int
) -> Iterator[RungRow]:
    """The steps that this run had, each with those it stopped."""
    left = sum(counts["proposals"].values())
    seconds: float | None = walk.proposing_s  # of the first step: making is not timed by step
    for name, what in _RUNGS.items():
        if left and (walk.rungs[name] or name in ("make", "duplicate")):
            yield RungRow(name, left, walk.rungs[name], seconds, what)
            left, seconds = left - walk.rungs[name], None
    if screened:
        yield RungRow(
            "screened out", left, screened, None, "the value model expects less of it than of others"
        )
    search = list(read_shares(view.folder)) or [s.name for s in problem.stages if s.split == "search"]
    judged = {name: _conclusive(walk.verdicts.get(name, Counter())) for name in (*search, "selection")}
    for name, following in zip(search, [*search[1:], ""], strict=True):
        passed = judged[following] if following else walk.verdicts.get(name, Counter())["ok"]
        if judged[name]:
            below = "fails, or is not among the best there"
            if view.archive.raced(name) < 1:
                below = "fails, or can hardly become the best any more"
            what = below if following else "fails when it is judged"
            yield RungRow(
                f"stage {name}", judged[name], max(0, judged[name] - passed), walk.judging_s[name], what
            )
    if judged["selection"]:
        passed = walk.verdicts["selection"]["ok"]
        stopped = judged["selection"] - passed
        yield RungRow(
            "selection", judged["selection"], stopped, walk.judging_s["selection"], "of the best few"
        )


def _conclusive(verdicts: Mapping[str, int]) -> int:
    return sum(n for status, n in verdicts.items() if status != "lost")


def _operator(name: str, one: OperatorRecord) -> OperatorRow:
    shared = [each.name for each in fields(OperatorRow) if each.name != "name"]
    return OperatorRow(name, **{each: getattr(one, each) for each in shared})


def _improvements(view: RunView) -> tuple[Improvement, ...]:
    last = view.archive.last_stage
    return tuple(
        Improvement(spent, one.scores[last], one.id, one.operator, one.note)
        for spent, one in view.archive.improvements()
    )


def _champion(view: RunView, problem: Problem, pick: Pick) -> ChampionRow:
    best, beside = pick.champion, pick.best
    verdicts = view.evaluations(best.id)
    known = view.evaluation(best.id)
    artefacts = [one.artefact for one in verdicts if one.status == "ok" and one.artefact]
    files = view.candidate(best.id).files
    drawn = problem.draw(json.loads(artefacts[-1])) if problem.draw and artefacts else drawing(files, problem)
    chain = list(_chain(view, best))
    return ChampionRow(
        id=best.id,
        score=best.score if best.score is not None else float("nan"),
        operator=best.operator,
        note=best.note,
        metrics=best.metrics,
        files=files,
        lineage=tuple(
            LineageRow(one.id, one.operator, one.score, one.status or "", one.note) for one in chain
        ),
        picture=drawn,
        diff=files_diff(view.candidate(chain[0].id).files, files),
        splits=tuple(_splits(view, best)),
        verified=all(one.verified for one in verdicts if one.status == "ok"),
        feedback=known.feedback,
        why=pick.why,
        warning=pick.warning,
        best=BestScore(beside.id, beside.scores[pick.stage], pick.stage) if pick.why else None,
    )


def _chain(view: RunView, best: Standing) -> Iterator[Standing]:
    """From a seed to `best`, by the better parent where there are two."""
    chain = [best]
    while chain[-1].parents:
        parents = [view.archive.standing(one) for one in chain[-1].parents]
        chain.append(max(parents, key=lambda one: -np.inf if one.score is None else one.score))
    yield from reversed(chain)


def _splits(view: RunView, best: Standing) -> Iterator[SplitScore]:
    if "selection" in best.scores:
        repeats = len(view.archive.repeats(best.id))
        origin = view.archive.origin()
        seed = None if origin is None or origin.id == best.id else origin.scores.get("selection")
        yield SplitScore("selection", best.scores["selection"], repeats=repeats, seed=seed)
    found = _json(view.folder / "verified.json")  # what `evo verify` left
    if found.get("candidate") == best.id:
        low, high = found.get("interval") or (None, None)
        repeats = len(found.get("repeats") or [0])
        beside = {row["name"]: row["score"] for row in found.get("beside", ())}
        yield SplitScore(
            found["split"], found.get("score"), low, high, repeats, found["status"], beside.get("seed")
        )


def _failures(view: RunView, counts: Mapping[str, Any], walk: _Walk) -> Iterator[FailureRow]:
    """The most frequent first, each with the latest example."""
    examples: dict[str, Standing] = {}
    for one in view.archive.standings():
        if one.status is not None:
            examples[one.status] = one
    for status, n in Counter(counts["evaluations"]).most_common():
        example = examples.get(status)
        if status == "ok":
            continue
        feedback = view.evaluation(example.id).feedback if example and status != "lost" else ""
        yield FailureRow(
            status, n, example.id if example else "", example.operator if example else "", feedback
        )
    for status, n in Counter(counts["proposals"]).most_common():
        if status in walk.refused:
            operator, reason = walk.refused[status]
            yield FailureRow(status, n, "", operator, reason, of="proposals")


def _timing(walk: _Walk, wall_s: float | None, evaluations: float) -> Timing:
    lags = np.array(walk.lags) if walk.lags else None
    return Timing(
        wall_s=wall_s,
        judge_s=float(sum(walk.judging_s.values())),
        evaluations_per_s=evaluations / wall_s if wall_s else None,
        lag_median=float(np.median(lags)) if lags is not None else None,
        lag_p90=float(np.quantile(lags, 0.9)) if lags is not None else None,
    )


def _versions() -> dict[str, str]:
    """Of the machine that writes the page."""
    found = {"evo": evo.__version__, "python": platform.python_version(), "platform": platform.platform()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
