"""What a study's runs say: evaluations to the target, area, final scores, and one search against another."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from evo.report.statistics import (
    ToTarget,
    area_under,
    bootstrap_interval,
    curve_at,
    median_interval,
    median_to_target,
    paired_wins,
    to_target,
)
from tests.benchmarks.landscapes.landscape import Landscape
from tests.benchmarks.landscapes.runs import Run

MARKS = (100, 300, 1000, 3000)
"""Evaluations at which scores are compared."""

Row = dict[str, Any]


class Study:
    """The runs of one landscape, all with the same budget.

    Args:
        landscape: that was searched.
        runs: of any searches and numbers of workers.
        quantile: of the valid designs' true scores; the target.
    """

    def __init__(self, landscape: Landscape, runs: Iterable[Run], quantile: float = 0.99) -> None:
        self.landscape = landscape
        self.runs: dict[str, dict[int, Run]] = {}
        for run in runs:
            self.runs.setdefault(label(run), {})[run.order.seed] = run
        self.target = landscape.quantile(quantile)
        self.start = landscape.truth(landscape.seeds()[0]) or 0.0
        self.optimum = landscape.optimum

    def row(self, name: str) -> Row:
        """What a search did by itself."""
        runs = list(self.runs[name].values())
        reached = [self._to_target(run) for run in runs]
        area = median_interval([self.area(run) for run in runs])
        return {
            "landscape": self.landscape.name,
            "search": name,
            "seeds": len(runs),
            "target": self.target,
            "reached": sum(found.reached for found in reached),
            "to_target": median_to_target(reached),
            "to_target_interval": bootstrap_interval([found.evaluations for found in reached], np.median),
            "area": asdict(area),
            "at": {mark: asdict(median_interval(self._at(runs, mark))) for mark in self._marks(runs)},
            "incumbent": float(np.median([self._share(run.incumbent[-1][1]) for run in runs])),
            "decision_ms": float(np.mean([run.decision_ms for run in runs])),
            "duplicates": float(np.mean([run.duplicates / run.proposals for run in runs])),
            "unjudged": float(np.mean([run.unjudged / run.made for run in runs])),
            "lag": float(np.mean([run.lag for run in runs])),
        }

    def versus(self, name: str, other: str) -> Row | None:
        """A search against another, paired by seed; None if they share no seeds.

        A run that never got to the target counts as if it had with its last evaluation, so that a ratio
        against such runs is too near to 1, never too far.
        """
        seeds = sorted(self.runs[name].keys() & self.runs[other].keys())
        if not seeds:
            return None
        mine, theirs = [self.runs[name][s] for s in seeds], [self.runs[other][s] for s in seeds]
        logs = [
            np.log(self._to_target(a).evaluations / self._to_target(b).evaluations)
            for a, b in zip(mine, theirs, strict=True)
        ]
        low, high = bootstrap_interval(logs, np.median)
        return {
            "landscape": self.landscape.name,
            "search": name,
            "against": other,
            "seeds": len(seeds),
            "ratio": float(np.exp(np.median(logs))),
            "ratio_interval": (float(np.exp(low)), float(np.exp(high))),
            "mean_ratio": float(np.exp(np.mean(logs))),
            "log_ratios": [float(value) for value in logs],
            "gain": {
                mark: float(np.mean(self._at(mine, mark)) / max(np.mean(self._at(theirs, mark)), 1e-9))
                for mark in self._marks([*mine, *theirs])
            },
            "area": asdict(paired_wins([self.area(r) for r in mine], [self.area(r) for r in theirs])),
            "at": {
                mark: asdict(paired_wins(self._at(mine, mark), self._at(theirs, mark)))
                for mark in self._marks([*mine, *theirs])
            },
        }

    def area(self, run: Run) -> float:
        """Mean of the best true score so far, 0 at the first design and 1 at the optimum."""
        when, scores = zip(*run.steps, strict=True)
        found = area_under(when, scores, run.order.evaluations, before=self.start)
        return self._share(self.start if found is None else found)

    def _share(self, score: float) -> float:
        return (score - self.start) / (self.optimum - self.start)

    def _to_target(self, run: Run) -> ToTarget:
        when, scores = zip(*run.steps, strict=True)
        return to_target(when, scores, self.target, run.order.evaluations)

    def _at(self, runs: Sequence[Run], mark: int) -> list[float]:
        """The best true score so far, from 0 at the first design to 1 at the optimum."""
        found = []
        for run in runs:
            when, scores = zip(*run.steps, strict=True)
            value = float(curve_at(when, scores, [mark])[0])
            found.append(self._share(self.start if np.isnan(value) else value))
        return found

    def _marks(self, runs: Sequence[Run]) -> list[int]:
        budget = min(run.order.evaluations for run in runs)
        return sorted({*(mark for mark in MARKS if mark <= budget), budget})


def overall(rows: Sequence[Row]) -> list[Row]:
    """`Study.versus` rows over all landscapes: one for each search and what it is compared with.

    Returns:
        ``ratio``: geometric mean of the ratios of evaluations, over seeds and landscapes, with an interval from
        drawing pairs anew; ``gain``: at each mark how much of the other's mean gain it has, as a mean over the
        landscapes, and on the ``worst`` of them.
    """
    found = []
    for search, against in dict.fromkeys((row["search"], row["against"]) for row in rows):
        mine = [row for row in rows if (row["search"], row["against"]) == (search, against)]
        logs = [value for row in mine for value in row["log_ratios"]]
        low, high = bootstrap_interval(logs, np.mean)
        marks = set.intersection(*(set(row["gain"]) for row in mine))
        found.append(
            {
                "search": search,
                "against": against,
                "landscapes": len(mine),
                "pairs": len(logs),
                "ratio": float(np.exp(np.mean(logs))),
                "ratio_interval": (float(np.exp(low)), float(np.exp(high))),
                "gain": {mark: float(np.mean([row["gain"][mark] for row in mine])) for mark in sorted(marks)},
                "worst": {mark: min(row["gain"][mark] for row in mine) for mark in sorted(marks)},
            }
        )
    return found


def label(run: Run) -> str:
    """The search's name, with the rows of its cold start if it has one, and its workers where it is not one."""
    begins = f" after {run.order.cold_start}" if run.order.cold_start else ""
    return run.order.search + begins + (f" x{run.order.workers}" if run.order.workers > 1 else "")


def own_table(rows: Sequence[Row]) -> list[str]:
    """`Study.row`s as lines of text."""
    lines = [
        f"{'search':<34}{'reached':>9}{'to target':>11}{'interval':>14}{'area':>7}{'interval':>15}"
        + "".join(f"{'@' + str(mark):>8}" for mark in rows[0]["at"])
        + f"{'picked':>8}{'ms':>7}{'dup':>6}{'lag':>7}"
    ]
    for row in rows:
        low, high = row["to_target_interval"]
        to, area = row["to_target"], row["area"]
        spread = f"{area['low']:.3f}..{area['high']:.3f}"
        lines.append(
            f"{row['search']:<34}{row['reached']:>5}/{row['seeds']:<3}{'never' if to is None else f'{to:.0f}':>11}"
            f"{f'{low:.0f}..{high:.0f}':>14}{area['median']:>7.3f}{spread:>15}"
            + "".join(f"{at['median']:>8.3f}" for at in row["at"].values())
            + f"{row['incumbent']:>8.3f}{row['decision_ms']:>7.2f}{row['duplicates']:>6.2f}{row['lag']:>7.1f}"
        )
    return lines


def pair_table(rows: Sequence[Row]) -> list[str]:
    """`Study.versus` rows as lines of text; wins and losses at the marks, ! where p < .05."""
    lines = []
    for row in rows:
        low, high = row["ratio_interval"]
        marks = " ".join(
            f"@{mark} {won['wins']}-{won['losses']}{'!' * (won['p'] < 0.05)}"
            for mark, won in row["at"].items()
        )
        lines.append(
            f"  {row['search']} / {row['against']}: evaluations x{row['ratio']:.2f} [{low:.2f}..{high:.2f}]"
            f" (mean x{row['mean_ratio']:.2f}), area {row['area']['wins']}-{row['area']['losses']}"
            f"{'!' * (row['area']['p'] < 0.05)}, {marks}"
        )
    return lines


def overall_table(rows: Sequence[Row]) -> list[str]:
    """`overall` rows as lines of text."""
    lines = []
    for row in rows:
        low, high = row["ratio_interval"]
        gains = ", ".join(
            f"@{mark} {gain:.2f} (worst {row['worst'][mark]:.2f})" for mark, gain in row["gain"].items()
        )
        lines.append(
            f"  {row['search']} / {row['against']}: evaluations x{row['ratio']:.2f} [{low:.2f}..{high:.2f}] "
            f"in {row['pairs']} pairs; of its gain {gains}"
        )
    return lines
