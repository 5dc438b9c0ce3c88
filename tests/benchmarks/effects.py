"""Whether what a run says of its components is true: estimated effects and their intervals beside true ones.

``python -m tests.benchmarks.effects`` searches the labelled policies of `problems/agent_textworld`, whose true scores
are all known, and asks `evo.value.effects` what each component, choice and number brought. Two truths are set beside it:

- *near*: over designs like those that the run judged, which is what an effect claims: in each judged design the
  component is exchanged and all else stays; a component comes with the parameters that stood beside it in the run.
- *whole*: the same over all valid designs, each as likely.

Both are means over pairs of labelled designs that differ in that slot, or that parameter, alone.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Literal

import numpy as np

from evo.report.statistics import bootstrap_interval
from evo.value.effects import Effects, JudgedDesign, effects
from evo.value.factors import slot_of
from evo.value.slots import slots_of
from tests.benchmarks.landscapes.agents import agents
from tests.benchmarks.landscapes.landscape import Landscape
from tests.benchmarks.landscapes.programs import rank_correlation
from tests.benchmarks.landscapes.searches import build, split
from tests.benchmarks.landscapes.simulate import simulate

Kind = Literal["slot", "choice", "number"]
"""A component in its slot, a parameter's value that is a word, or the slope of a number."""

Items = frozenset[tuple[str, str | float]]
"""Slots and parameters of a design, or some of them, with what stands there."""

Table = Mapping[Items, float]
"""Every valid design -> its true score."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a run said of a component, and what is true of it.

    Attributes:
        name: of the slot or the parameter.
        level: the component or value; empty for a number.
        n: designs of the run that had it.
        near, whole: true effects; None where no two labelled designs tell it.
    """

    kind: Kind
    name: str
    level: str
    n: int
    mean: float
    half_width: float
    near: float | None
    whole: float | None


def table_of(landscape: Landscape) -> dict[Items, float]:
    """Every valid design of a landscape."""
    return {
        frozenset((slots_of(one.files) or {}).items()): one.score
        for one in landscape.enumerate()
        if one.score is not None
    }


def true_effects(
    table: Table, designs: Iterable[Items], name: str, levels: Sequence[str | float]
) -> np.ndarray:
    """What each level of a slot or parameter adds to the score against the mean of `levels`, all else equal.

    Args:
        table: true scores.
        designs: that effects are meant for, each as often as it counts: what a level comes along with, and what
            else there is beside it, is as there.
        name: of the slot or parameter.
        levels: that are compared.

    Returns:
        ``[n_levels]``, of mean 0: of effects whose differences are nearest to the mean differences between any two
        levels, over the backgrounds in which both are valid. Not-a-number where no background joins the levels.
    """
    backgrounds: Counter[Items] = Counter()
    givers: dict[str | float, Counter[Items]] = {level: Counter() for level in levels}
    for design, n in Counter(iter(designs)).items():  # a table too: each of its designs once
        slots = dict(design)
        names = dict.fromkeys(slots)
        owned = {one for one in slots if name in (one, slot_of(one, names))}
        own = frozenset(item for item in design if item[0] in owned)
        if slots.get(name) in givers:
            backgrounds[design - own] += n
            givers[slots[name]][own] += n
    weights = np.array([*backgrounds.values()], float)
    values = np.array([[_mean(table, rest, givers[level]) for level in levels] for rest in backgrounds])
    return _nearest(values, weights)


def _mean(table: Table, rest: Items, own: Mapping[Items, int]) -> float:
    scores = [table.get(rest | some, np.nan) for some in own]
    return float(np.average(scores, weights=list(own.values()))) if scores else np.nan


def _nearest(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Effects from ``[n_backgrounds, n_levels]`` values, where some are not-a-number."""
    n = values.shape[1]
    rows, told, heavy = [np.ones(n)], [0.0], [1.0]
    for one, other in ((a, b) for a in range(n) for b in range(a)):
        both = np.isfinite(values[:, one]) & np.isfinite(values[:, other])
        if weight := float(weights[both].sum()):
            rows.append(np.eye(n)[one] - np.eye(n)[other])
            told.append(float(np.average(values[both, one] - values[both, other], weights=weights[both])))
            heavy.append(weight)
    root = np.sqrt(heavy)
    matrix = np.array(rows) * root[:, None]
    if np.linalg.matrix_rank(matrix) < n:
        return np.full(n, np.nan)
    return np.asarray(np.linalg.lstsq(matrix, np.array(told) * root, rcond=None)[0])


def compared(designs: Sequence[JudgedDesign], table: Table) -> list[Said]:
    """All that `effects` says of the designs of a run, with the truth."""
    found = effects(designs)
    run = [frozenset(one.slots.items()) for one in designs if one.score is not None]
    levels = _levels(found, designs)
    true = {
        name: [true_effects(table, of, name, some) for of in (run, table)] for name, some in levels.items()
    }
    said = []
    for one in found.components:
        if one.score is not None and one.component in levels[one.slot]:
            at = levels[one.slot].index(one.component)
            near, whole = (_known(values[at]) for values in true[one.slot])
            kind: Kind = "choice" if "." in one.slot else "slot"
            said.append(
                Said(kind, one.slot, one.component, one.n, one.score.mean, one.score.half_width, near, whole)
            )
    for number in found.parameters:
        name = number.parameter
        had = Counter(one.slots[name] for one in designs if name in one.slots)
        x = np.array([float(level) for level in levels[name]])
        n = np.array([had[level] for level in levels[name]], float)
        near, whole = (_known(_slope(x, n, values)) for values in true[name])
        said.append(
            Said("number", name, "", number.n, number.slope.mean, number.slope.half_width, near, whole)
        )
    return said


def _levels(found: Effects, designs: Sequence[JudgedDesign]) -> dict[str, list[str | float]]:
    """Of each slot and parameter that is reported, what stood there in some design with a score."""
    names = [*(one.slot for one in found.components), *(one.parameter for one in found.parameters)]
    return {
        name: sorted({one.slots[name] for one in designs if name in one.slots and one.score is not None})
        for name in dict.fromkeys(names)
    }


def _slope(x: np.ndarray, n: np.ndarray, values: np.ndarray) -> float:
    away = x - np.average(x, weights=n)
    return float((n * away) @ values / ((n * away) @ away))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def run_of(
    landscape: Landscape, search: str, seed: int, evaluations: int, cold_start: int
) -> list[JudgedDesign]:
    """The designs that a search judged."""
    simulation = simulate(
        lambda run_seed, plan: build(search, run_seed, plan),
        landscape,
        seed,
        evaluations,
        cold_start=cold_start,
    )
    return [
        JudgedDesign(slots_of(one.candidate.files) or {}, one.evaluation.score, one.evaluation.seconds)
        for one in simulation.judged
    ]


def row(runs: Sequence[Sequence[Said]], kind: Kind, truth: Literal["near", "whole"]) -> dict[str, object]:
    """How often intervals hold the truth, whether the order is right, how wide they are, and what is called clear.

    `wrong` is the share of the clear ones whose sign is not the true one's.
    """
    shares, ranks, every = [], [], []
    for run in runs:
        some = [one for one in run if one.kind == kind and getattr(one, truth) is not None]
        if some:
            true = np.array([getattr(one, truth) for one in some])
            mean, half = (np.array([getattr(one, field) for one in some]) for field in ("mean", "half_width"))
            shares.append(float(np.mean(abs(mean - true) <= half)))
            ranks.append(rank_correlation(mean, true))
            every += list(zip(mean, half, true, strict=True))
    mean, half, true = np.array(every).T
    clear = abs(mean) > half
    return {
        "kind": kind,
        "truth": truth,
        "n": len(every),
        "held": float(np.mean(shares)),
        "held_interval": bootstrap_interval(shares, np.mean),
        "spearman": float(np.nanmean(ranks)),
        "width": float(np.median(2 * half)),
        "error": float(np.median(abs(mean - true))),
        "clear": float(clear.mean()),
        "wrong": float((np.sign(mean) != np.sign(true))[clear].mean()) if clear.any() else 0.0,
    }


def main() -> None:
    """Prints a line for each search, kind and truth."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--searches", default="greedy", help="as in conf/search, or several")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--evaluations", type=int, default=150)
    parser.add_argument("--cold-start", default="0", help="designs of a covering array at first, or several")
    parser.add_argument("--one", action="store_true", help="every effect of the run with seed 0 as well")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    landscape = agents()
    table = table_of(landscape)
    found = []
    for search, rows in product(split(args.searches), map(int, args.cold_start.split(","))):
        runs = [
            compared(run_of(landscape, search, seed, args.evaluations, rows), table)
            for seed in range(args.seeds)
        ]
        every = [
            row(runs, kind, truth) for kind, truth in product(("slot", "choice", "number"), ("near", "whole"))
        ]
        found.append(
            {"search": search, "cold_start": rows, "evaluations": args.evaluations, "rows": every}
            | ({"first": [asdict(one) for one in runs[0]]} if args.one else {})
        )
    print(
        json.dumps(found, indent=1) if args.json else "\n".join(line for one in found for line in shown(one))
    )


def shown(found: dict) -> list[str]:  # type: ignore[type-arg]
    """A search's figures as lines of text."""
    lines = [
        f"== {found['search']} after {found['cold_start']} rows, {found['evaluations']} evaluations",
        f"{'':<8}{'truth':<7}{'n':>5}{'held':>7}{'interval':>14}{'Spearman':>10}{'width':>8}{'error':>8}{'clear':>7}{'wrong':>7}",
    ]
    for one in found["rows"]:
        low, high = one["held_interval"]
        lines.append(
            f"{one['kind']:<8}{one['truth']:<7}{one['n']:>5}{one['held']:>7.2f}{f'{low:.2f}..{high:.2f}':>14}"
            f"{one['spearman']:>10.2f}{one['width']:>8.3f}{one['error']:>8.4f}{one['clear']:>7.2f}{one['wrong']:>7.2f}"
        )
    for one in found.get("first", []):
        near, whole = (
            f"{value:+.3f}" if (value := one[key]) is not None else "?" for key in ("near", "whole")
        )
        what = f"{one['name']}={one['level']}" if one["level"] else one["name"]
        lines.append(
            f"  {what:<26}{one['n']:>5}  {one['mean']:+.3f} ± {one['half_width']:.3f}   near {near}  whole {whole}"
        )
    return lines


if __name__ == "__main__":
    main()
