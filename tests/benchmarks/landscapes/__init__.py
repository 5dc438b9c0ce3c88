"""Landscapes with known truth, to measure searches and value models on: thousands of judgements a second."""

from tests.benchmarks.landscapes.agents import agents
from tests.benchmarks.landscapes.designs import designs
from tests.benchmarks.landscapes.hpo import hpo
from tests.benchmarks.landscapes.landscape import Conditions, Landscape, Scored, Truth
from tests.benchmarks.landscapes.nk import nk
from tests.benchmarks.landscapes.simulate import Trace, simulate
from tests.benchmarks.landscapes.space import Axis, Space

__all__ = [
    "Axis",
    "Conditions",
    "Landscape",
    "Scored",
    "Space",
    "Trace",
    "Truth",
    "agents",
    "designs",
    "hpo",
    "nk",
    "simulate",
]
