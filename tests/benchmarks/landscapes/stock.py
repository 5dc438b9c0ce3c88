"""The landscapes that a search is measured on, by name."""

from collections.abc import Callable, Mapping

from tests.benchmarks.landscapes.agents import agents
from tests.benchmarks.landscapes.designs import designs
from tests.benchmarks.landscapes.hpo import hpo
from tests.benchmarks.landscapes.landscape import Conditions, Landscape
from tests.benchmarks.landscapes.nk import nk

STOCK: Mapping[str, Callable[[], Landscape]] = {
    "nk-smooth": lambda: nk(40, 2, 3, seed=1),
    "nk-rugged": lambda: nk(40, 5, 2, seed=2),
    "designs-plain": lambda: designs((6, 5, 7, 4, 6, 5), (6, 6), seed=3),
    "designs-noisy": lambda: designs(
        (8, 6, 7, 5, 6, 4), (6, 5), seed=4, misfits=0.1, conditions=Conditions(noise_sd=0.7, failure_rate=0.1)
    ),
    "designs-large": lambda: designs((9, 8, 7, 8, 6, 7, 5, 6), (8, 8, 8), seed=5, pairs=0.4, triples=4),
    "agents-textworld": agents,
    "hpo-phoneme": lambda: hpo("phoneme"),
    "hpo-segment": lambda: hpo("segment"),
    "hpo-credit_g": lambda: hpo("credit_g", noisy=True),
    "hpo-vehicle": lambda: hpo("vehicle", noisy=True),
}
"""Two NK landscapes with known optimum; designs without noise, with noise and failures, and too many to list;
agents that were all judged in their games; tables without and with the noise of a single training."""
