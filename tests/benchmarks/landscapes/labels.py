"""How well a value model predicts designs it has not seen, from a few labels.

``python -m tests.benchmarks.landscapes.labels --model evo.value.ensemble:Ensemble``
"""

import argparse
import copy
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from evo.report.statistics import bootstrap_interval
from evo.roles import ValueModel
from evo.search.seeding import judge_seed
from evo.types import Candidate, Plan, Proposal
from evo.value.covering import two_sided
from tests.benchmarks.landscapes.landscape import Landscape
from tests.benchmarks.landscapes.programs import rank_correlation
from tests.benchmarks.landscapes.searches import build_value
from tests.benchmarks.landscapes.space import covering
from tests.benchmarks.landscapes.stock import STOCK

AT = (30, 60, 120, 220)
"""Labels at which it is measured."""

REST = 2000
"""Valid designs that stand for all the rest."""

POOL = 400
"""Designs that the cold start chooses the next ten from."""

_STEP = 10


@dataclass(frozen=True, slots=True)
class Fit:
    """How near the predictions are after `labels` labels: rank correlation, and share of variance explained."""

    landscape: str
    chosen: str
    seed: int
    labels: int
    spearman: float
    r2: float


class Labelling:
    """A value model that is told labels one by one, and is measured on designs that get none."""

    def __init__(self, model: ValueModel, landscape: Landscape, seed: int) -> None:
        self.model, self.landscape, self.seed = model, landscape, seed
        self.rng = np.random.default_rng((seed, 77))
        self._told: set[str] = set()
        self._number = 0
        self.n_labels = 0
        self.rest = self._valid(REST)
        self._truths = np.array([landscape.truth(candidate) for candidate in self.rest], dtype=float)
        self._told |= {candidate.id for candidate in self.rest}  # none of them is labelled

    def propose(self, candidate: Candidate) -> bool:
        """Tells the model of a candidate; False if it was told before."""
        if candidate.id in self._told:
            return False
        self._told.add(candidate.id)
        self.model.tell(self._proposal(candidate))
        return True

    def _proposal(self, candidate: Candidate) -> Proposal:
        self._number += 1
        return Proposal(self._number, "design.mutate", candidate=candidate, known=self.n_labels)

    def label(self, candidate: Candidate) -> None:
        """Judges a candidate under the landscape's conditions, and tells the model."""
        seed = judge_seed(self.seed, candidate.id, "search")
        self.model.tell(self.landscape.judge(candidate, seed=seed))
        self.n_labels += 1

    def label_next(self, candidates: Sequence[Candidate], until: int) -> None:
        """Labels those of `candidates` that are new, as long as there are fewer than `until` labels."""
        for candidate in candidates:
            if self.n_labels < until and self.propose(candidate):
                self.label(candidate)

    def label_random(self, until: int) -> None:
        """Labels designs drawn uniformly."""
        while self.n_labels < until:
            self.label_next(self.drawn(_STEP), until)

    def label_two_sided(self, until: int) -> None:
        """Labels designs, ten at a time, that are expected to be good, or poor, or are uncertain."""
        while self.n_labels < until:
            pool = [candidate for candidate in self.drawn(POOL) if self.propose(candidate)]
            names = [candidate.id for candidate in pool]
            forecast = self.model.predict(names)
            for place in two_sided(forecast.mean, forecast.std, 1.0, min(_STEP, until - self.n_labels)):
                self.label(pool[place])

    def fit(self) -> tuple[float, float]:
        """Spearman and R² on the designs that stand for all the rest, as if they were proposed now."""
        fork = copy.deepcopy(self.model)
        for candidate in self.rest:
            fork.tell(self._proposal(candidate))
        guesses = fork.predict([candidate.id for candidate in self.rest]).mean
        error = np.mean((guesses - self._truths) ** 2) / np.var(self._truths)
        return rank_correlation(guesses, self._truths), float(1 - error)

    def candidates(self, genomes: Sequence[Sequence[int]]) -> list[Candidate]:
        """The designs as candidates."""
        return [Candidate.of(self.landscape.space.files(genome)) for genome in genomes]

    def drawn(self, n: int) -> list[Candidate]:
        """`n` designs drawn uniformly."""
        return self.candidates(self.landscape.space.sample(self.rng, n).tolist())

    def _valid(self, n: int) -> list[Candidate]:
        found: dict[str, Candidate] = {}
        for candidate in self.drawn(2 * n):
            if len(found) < n and self.landscape.truth(candidate) is not None:
                found[candidate.id] = candidate
        return list(found.values())


def measure(
    model: str, landscape: Landscape, seed: int, chosen: str = "random", at: Sequence[int] = AT
) -> list[Fit]:
    """Fits at each number of labels; `chosen` is ``random`` or ``cold_start``."""
    given = Plan(operators=landscape.operators)
    labelling = Labelling(build_value(model, seed, given), landscape, seed)
    cover = covering(landscape.space, labelling.rng) if chosen == "cold_start" else []
    fits = []
    for until in at:
        labelling.label_next(labelling.candidates(cover), until)
        if chosen == "cold_start":
            labelling.label_two_sided(until)
        else:
            labelling.label_random(until)
        fits.append(Fit(landscape.name, chosen, seed, until, *labelling.fit()))
    return fits


def main() -> None:
    """Prints Spearman and R² with intervals over seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="evo.value.ensemble:Ensemble")
    parser.add_argument("--landscapes", default="designs-plain,designs-noisy,designs-large")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    fits = [
        fit
        for name in args.landscapes.split(",")
        for landscape in [replace(STOCK[name](), name=name)]
        for seed in range(args.seeds)
        for chosen in ("random", "cold_start")
        for fit in measure(args.model, landscape, seed, chosen)
    ]
    if args.json:
        print(json.dumps([asdict(fit) for fit in fits], indent=1))
        return
    groups: dict[tuple[str, str, int], list[Fit]] = {}
    for fit in fits:
        groups.setdefault((fit.landscape, fit.chosen, fit.labels), []).append(fit)
    print(f"{'landscape':<18}{'labels':<12}{'n':>5}{'Spearman':>22}{'R²':>22}")
    for (name, chosen, labels), found in groups.items():
        cells = [_cell([fit.spearman for fit in found]), _cell([fit.r2 for fit in found])]
        print(f"{name:<18}{chosen:<12}{labels:>5}{cells[0]:>22}{cells[1]:>22}")


def _cell(values: Sequence[float]) -> str:
    known = [value for value in values if not np.isnan(value)]
    if not known:
        return "-"
    low, high = bootstrap_interval(known)
    return f"{np.mean(known):.2f} [{low:.2f}, {high:.2f}]"


if __name__ == "__main__":
    main()
