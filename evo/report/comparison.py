"""Methods compared at the same budget over several seeds: one plain row a method."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evo.report.statistics import (
    Interval,
    ToTarget,
    area_under,
    best_so_far,
    expected_to_target,
    median_interval,
    median_to_target,
    paired_wins,
    separated,
    to_target,
)

Result = Mapping[str, Any]


def comparison_rows(
    results: Sequence[Result],
    budget: float,
    *,
    best_known: float | None = None,
    target: float | None = None,
    first: str | None = None,
    floor: float | None = None,
) -> list[dict[str, Any]]:
    """What `evo baseline` says of each method, the best median first.

    Args:
        results: one a run, with the keys ``method``, ``seed``, ``scores`` (in the order they were
            judged, None for failures), and where known ``spent`` (evaluations spent when each came; 1, 2,
            ... where it is missing or empty), ``seconds``, ``cpu_s`` and ``holdout``.
        budget: evaluations that each run was given.
        best_known: score of the best known solution.
        target: score whose time is measured; by default the best method's median, which half of its
            runs reach.
        first: the method that the others are held against; by default that of the first result.
        floor: score that everybody begins with, 0 of the normalised area; by default the median of the
            runs' first scores.

    Returns:
        Rows with ``method``, ``runs``, ``failed`` (runs without any score, which count as lost
        pairs and as never at the target), ``best`` and ``holdout`` (``median, low, high``: 95 %
        bootstrap interval; None without a score), ``max``, ``share`` (of the best known, by the
        median), ``target``, ``to_target`` (Kaplan-Meier median of the evaluations, None if fewer
        than half get there), ``reached``, ``expected_to_target``, ``area`` (median over the runs
        of the mean best-so-far score), ``curve`` (the same from 0, the floor, to 1, the best of anybody, as
        ``median, low, high``; a run without a score has 0), ``against`` (`first`, won, lost, tied, p of the
        sign test; None for itself), ``wins`` (per other method: won, lost, tied, p of the sign
        test), ``better_than`` (methods whose interval lies wholly below), ``seconds``, ``cpu_s``.
    """
    by_method: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda one: one["seed"]):
        by_method.setdefault(result["method"], []).append(result)
    finals = {name: {r["seed"]: _final(r) for r in runs} for name, runs in by_method.items()}
    known = [score for scores in finals.values() for score in scores.values() if score is not None]
    if target is None and known:
        medians = ([score for score in one.values() if score is not None] for one in finals.values())
        target = max(float(np.median(scores)) for scores in medians if scores)
    if floor is None:
        floor = _median([_first(result) for result in results])
    first = first if first is not None or not results else results[0]["method"]
    rows = [_row(name, runs, budget, best_known, target) for name, runs in by_method.items()]
    for row in rows:
        runs = by_method[row["method"]]
        row["curve"] = (
            _interval([_normalised(run, budget, floor, max(known)) for run in runs]) if known else None
        )
    for row in rows:
        others = [other for other in rows if other is not row]
        row["wins"] = {
            other["method"]: _wins(finals[row["method"]], finals[other["method"]]) for other in others
        }
        against = row["wins"].get(first)
        row["against"] = None if against is None else {"method": first, **against}
        row["better_than"] = [other["method"] for other in others if _clearly(row["best"], other["best"])]
    return sorted(rows, key=lambda row: -row["best"]["median"] if row["best"] else float("inf"))


def _row(
    name: str, runs: Sequence[Result], budget: float, best_known: float | None, target: float | None
) -> dict[str, Any]:
    finals = [score for score in map(_final, runs) if score is not None]
    best = _interval(finals)
    reached = [_to_target(run, target, budget) for run in runs] if target is not None else []
    areas = [area for area in (_area(run, budget) for run in runs) if area is not None]
    return {
        "method": name,
        "runs": len(runs),
        "failed": len(runs) - len(finals),
        "best": best,
        "max": max(finals, default=None),
        "share": best["median"] / best_known if best and best_known and best_known > 0 else None,
        "target": target,
        "to_target": median_to_target(reached) if reached else None,
        "reached": sum(one.reached for one in reached),
        "expected_to_target": expected_to_target(reached),
        "area": float(np.median(areas)) if areas else None,
        "holdout": _interval([run["holdout"] for run in runs if run.get("holdout") is not None]),
        "seconds": _median([run.get("seconds") for run in runs]),
        "cpu_s": _median([run.get("cpu_s") for run in runs]),
    }


def _scores(run: Result) -> np.ndarray:
    """``[n]`` scores, NaN for failures."""
    return np.array([np.nan if score is None else score for score in run["scores"]], dtype=float)


def _final(run: Result) -> float | None:
    scores = _scores(run)
    return float(np.nanmax(scores)) if np.isfinite(scores).any() else None


def _spent(run: Result) -> np.ndarray:
    """``[n]`` evaluations spent when each score came, ascending; in a race a part of one for a part of the cases."""
    return np.array(run.get("spent") or range(1, len(run["scores"]) + 1), dtype=float)


def _to_target(run: Result, target: float, budget: float) -> ToTarget:
    scores, spent = _scores(run), _spent(run)
    return to_target(spent, scores, target, min(budget, max(spent.max(initial=0.0), 1)))


def _area(run: Result, budget: float) -> float | None:
    best = best_so_far(_scores(run))
    known = np.flatnonzero(np.isfinite(best))
    return area_under(_spent(run)[known], best[known], budget) if known.size else None


def _first(run: Result) -> float | None:
    return next((score for score in run["scores"] if score is not None), None)


def _normalised(run: Result, budget: float, floor: float | None, most: float) -> float:
    """Mean of the best score so far, from 0 at `floor` to 1 at `most`; before the first score it is 0."""
    scores = _scores(run)
    if floor is None or most <= floor:
        return 0.0
    known = np.flatnonzero(np.isfinite(scores))
    shares = np.clip((scores[known] - floor) / (most - floor), 0.0, 1.0)
    return area_under(_spent(run)[known], shares, budget, before=0.0) or 0.0


def _interval(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    found = median_interval(values)
    return {"median": found.median, "low": found.low, "high": found.high}


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def _clearly(one: dict[str, float] | None, other: dict[str, float] | None) -> bool:
    """Whether one interval lies wholly above the other; anything does above no score at all."""
    if one is None or other is None:
        return one is not None
    return one["median"] > other["median"] and separated(Interval(**one, n=1), Interval(**other, n=1))


def _wins(one: Mapping[Any, float | None], other: Mapping[Any, float | None]) -> dict[str, float]:
    """Over the seeds that both ran with; a run without a score loses to any with one."""
    seeds = [seed for seed in one if seed in other]
    if not seeds:
        return {"won": 0, "lost": 0, "tied": 0, "p": 1.0}
    known = [score for scores in (one, other) for score in scores.values() if score is not None]
    worst = float(np.nextafter(min(known, default=0.0), -np.inf))  # below all, and finite
    first, second = (
        [worst if (score := scores[seed]) is None else score for seed in seeds] for scores in (one, other)
    )
    found = paired_wins(first, second)
    return {"won": found.wins, "lost": found.losses, "tied": found.ties, "p": found.p}
