"""The mathematics of groups, grids and fronts once more: slow, and obvious enough to believe.

``python -m tests.search.reference_populations`` writes tests/golden/populations.json.
"""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from evo.testing.world import unit
from evo.types import Candidate, CaseResult, Evaluation, Event, Plan, Proposal

GOLDEN = Path(__file__).parents[1] / "golden" / "populations.json"

SCORES = {
    "plain": [1.0, 2.0, 3.0, 4.0, 10.0],
    "ties": [1.0, 1.0, 1.0, 1.0, 5.0, 0.0],
    "same": [2.5, 2.5, 2.5],
    "one": [-7.0],
    "two": [-1e9, 1e-9],
}
PLAN = Plan(n_seeds=1, frontier=1000)
N = 40


def robust_z(scores: Sequence[float]) -> list[float]:
    middle = median(scores)
    away = [abs(score - middle) for score in scores]
    scale = 1.4826 * median(away)
    if scale == 0:
        scale = 1.2533 * fmean(away)
    return [(score - middle) / scale if scale else 0.0 for score in scores]


def weights(scores: Sequence[float], novelty: Sequence[float], tau: float, strength: float) -> list[float]:
    found = [math.exp(z / tau) * (1 + strength * v) for z, v in zip(robust_z(scores), novelty, strict=True)]
    return [weight / sum(found) for weight in found]


# -- candidates ---------------------------------------------------------------------------------


def texts() -> list[str]:
    """Forty programs in three kinds, some of them the same but for a number."""
    kinds = (
        "for i in range({}):\n    total += i * {}\n",
        "while x > {}:\n    x = x / {} if x else 0\n    y.append(x)\n",
        "return {} + {}\n",
    )
    return [kinds[n * n % 3].format(n % 5, n % 7) for n in range(N)]


def score(n: int) -> float:
    return round(unit("golden", str(n)) * 12) / 4


def behaviour(n: int) -> dict[str, float]:
    found = {"metric spread": round(unit("spread", str(n)), 2), "case a": float(n % 4)}
    return found | ({"case b": score(n) / 2} if n % 3 else {})


def journal() -> list[Event]:
    """Each is proposed and judged; every third was not judged on case b, every seventh lacks the metric."""
    events: list[Event] = []
    for n, text in enumerate(texts()):
        found = behaviour(n)
        cases = tuple(
            CaseResult(name.removeprefix("case "), "ok", value)
            for name, value in found.items()
            if name.startswith("case")
        )
        candidate = Candidate(f"c{n}", {"main.py": text}, ("c0",) if n else ())
        events.append(Proposal(n, "change" if n else "seed", candidate.parents, candidate))
        metrics = {"spread": found["metric spread"]} if n % 7 else {}
        events.append(
            Evaluation(f"c{n}", "search", metrics=metrics, score=score(n), cases=cases, seconds=seconds(n))
        )
    return events


def seconds(n: int) -> float:
    return round(unit("seconds", str(n)) * 20) / 10


# -- groups -------------------------------------------------------------------------------------


def grams(text: str) -> set[tuple[str, ...]]:
    tokens = re.findall(r"\w+|[^\w\s]", text)
    return {tuple(tokens[start : start + 3]) for start in range(max(1, len(tokens) - 2))}


def group(capacity: int) -> list[int]:
    """The best, the best first, of equal ones the newest."""
    return sorted(range(N), key=lambda n: (score(n), n), reverse=True)[:capacity]


def distances(members: Sequence[int]) -> list[list[float]]:
    names = ["", "metric spread", "case a", "case b"]
    told = {n: {"": score(n), **behaviour(n)} for n in members}
    for n in members:
        if n % 7 == 0:
            del told[n]["metric spread"]
    levels = {name: sorted({told[n][name] for n in members if name in told[n]}) for name in names}

    def apart(a: int, b: int) -> float:
        one, other = grams(texts()[a]), grams(texts()[b])
        structure = 1 - len(one & other) / len(one | other)
        ranks = [
            abs(levels[name].index(told[a][name]) - levels[name].index(told[b][name]))
            / max(1, len(levels[name]) - 1)
            for name in names
            if name in told[a] and name in told[b]
        ]
        return (structure + fmean(ranks)) / 2

    return [[0.0 if a == b else apart(a, b) for b in members] for a in members]


def likeness(table: Sequence[Sequence[float]]) -> tuple[float, list[float]]:
    n = len(table)
    pairs = [table[i][j] for i in range(n) for j in range(i)]
    sparse = [fmean(sorted(table[i][j] for j in range(n) if j != i)[:5]) for i in range(n)]
    return min(1.0, fmean(pairs) / 0.75), [value / max(sparse) for value in sparse]


def adaptive(capacity: int, sharpest: float, flattest: float, strength: float) -> dict[str, float]:
    members = group(capacity)
    diversity, novelty = likeness(distances(members))
    tau = sharpest + (flattest - sharpest) * (1 - diversity)
    found = weights([score(n) for n in members], novelty, tau, strength)
    return {f"c{n}": weight for n, weight in zip(members, found, strict=True)}


# -- grids --------------------------------------------------------------------------------------


def cells(bins: int, fitted: int) -> dict[str, str]:
    """Cells over the length of the text and the metric, with borders at the quantiles of the first `fitted`."""
    lengths = [float(len(text)) for text in texts()]
    spreads = [behaviour(n)["metric spread"] if n % 7 else None for n in range(N)]

    def place(values: Sequence[float | None], value: float | None) -> int:
        if value is None:
            return -1
        told = sorted(other for other in values[:fitted] if other is not None)
        borders = {told[len(told) * step // bins] for step in range(1, bins)} - {told[0]}
        return sum(border <= value for border in borders)

    found: dict[tuple[int, int], int] = {}
    for n in range(N):
        cell = place(lengths, lengths[n]), place(spreads, spreads[n])
        if cell not in found or score(n) >= score(found[cell]):
            found[cell] = n
    return {f"{cell[0]},{cell[1]}": f"c{n}" for cell, n in sorted(found.items())}


# -- fronts -------------------------------------------------------------------------------------


def front() -> list[str]:
    """Who is beaten by nobody on score and seconds; of equal ones the newest."""
    points = [(score(n), -seconds(n)) for n in range(N)]

    def beaten(n: int) -> bool:
        return any(
            other != points[n] and other[0] >= points[n][0] and other[1] >= points[n][1] for other in points
        )

    newest = {point: n for n, point in enumerate(points)}
    return [f"c{n}" for n in sorted(newest.values()) if not beaten(n)]


def crowding(points: Sequence[Sequence[float]]) -> list[float | str]:
    """Room of each point; ``inf`` in words, for JSON has none."""
    room = []
    for i, point in enumerate(points):
        total = 0.0
        for objective, value in enumerate(point):
            others = [other[objective] for j, other in enumerate(points) if j != i]
            span = max(*others, value) - min(*others, value)
            below = [other for other in others if other < value]
            above = [other for other in others if other > value]
            total += (min(above) - max(below)) / span if below and above else math.inf
        room.append("inf" if total == math.inf else total)
    return room


POINTS = [(0.0, 9.0), (1.0, 7.0), (2.0, 6.5), (4.0, 3.0), (4.5, 2.0), (8.0, 0.0)]


def golden() -> dict[str, Any]:
    return {
        "robust_z": {name: robust_z(scores) for name, scores in SCORES.items()},
        "distances": {"c" + "-".join(map(str, group(9))): distances(group(9))},
        "likeness": {str(size): likeness(distances(group(size))) for size in (2, 5, 16)},
        "adaptive": {str(size): adaptive(size, 0.2, 1.1, 1.5) for size in (3, 12)},
        "cells": {str(bins): cells(bins, fitted=32) for bins in (1, 3, 5)},
        "front": front(),
        "crowding": crowding(POINTS),
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), indent=1, sort_keys=True) + "\n")
