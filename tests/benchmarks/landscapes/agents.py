"""Agent designs that were all judged: the policies of `problems/agent_textworld` with their true scores."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq

from evo import plugins
from tests.benchmarks.landscapes.hpo import TableTruth
from tests.benchmarks.landscapes.landscape import CALM, Conditions, Landscape
from tests.benchmarks.landscapes.space import FILE, Axis, Genome, Space

LABELS = "problems/agent_textworld/labels.parquet"

AXES = (
    Axis("memory", ("none", "visited", "map_graph")),
    Axis("planning", ("none", "random_walk", "least_tried", "frontier", "goal_path")),
    Axis("reasoning", ("none", "heuristic")),
    Axis("planning", ("places", "things", "both"), "targets"),
    Axis("reasoning", (1.0, 2.0), "goal"),
    Axis("reasoning", ("none", "now", "kept"), "orders"),
    Axis("reasoning", (0.0, 1.0), "repeats"),
    Axis("reasoning", (0.0, 0.5), "curious"),
    Axis("reasoning", (0.0, 0.5), "gains"),
    Axis("reasoning", (False, True), "reckon"),
    Axis("reasoning", (False, True), "careful"),
)

_NEEDS = {
    "targets": (1, "goal_path"),
    **dict.fromkeys([axis.parameter for axis in AXES[4:]], (2, "heuristic")),
}
"""Parameter -> the axis and the component that it counts with."""


@dataclass(frozen=True)
class PolicySpace(Space):
    """A parameter counts with its own component alone; elsewhere it is not written, and stands at its first value."""

    def settled(self, genome: Sequence[int]) -> Genome:
        """The genome that the same design is read back as."""
        return tuple(
            index if self._counts(axis, genome) else 0 for axis, index in zip(self.axes, genome, strict=True)
        )

    def files(self, genome: Sequence[int]) -> dict[str, str]:
        """See `Space.files`."""
        slots: dict[str, dict[str, str | float]] = {}
        for axis, index in zip(self.axes, genome, strict=True):
            if self._counts(axis, genome):
                slots.setdefault(axis.slot, {})[axis.parameter or "use"] = axis.values[index]
        return {FILE: json.dumps({"slots": slots}, sort_keys=True, separators=(",", ":"))}

    def genome(self, files: Mapping[str, str]) -> Genome:
        """See `Space.genome`."""
        slots = json.loads(files[FILE])["slots"]
        return tuple(
            index.get(slots[axis.slot].get(axis.parameter or "use"), 0)
            for axis, index in zip(self.axes, self._indices, strict=True)
        )

    def _counts(self, axis: Axis, genome: Sequence[int]) -> bool:
        if not axis.parameter:
            return True
        place, component = _NEEDS[axis.parameter]
        return self.axes[place].values[genome[place]] == component


def agents(name: str = "", conditions: Conditions = CALM) -> Landscape:
    """The labelled policies, without noise: the same design plays the same. Every design stands there once."""
    space = PolicySpace(AXES)
    table, cost = np.full(space.shape, np.nan), np.ones(space.shape)
    rows = pq.read_table(plugins.root() / LABELS).to_pylist()
    mean = float(np.mean([row["seconds"] for row in rows]))
    for row in rows:
        values = [row[axis.parameter or axis.slot] for axis in AXES]
        genome = tuple(
            0 if value is None else index[value] for value, index in zip(values, space._indices, strict=True)
        )
        table[genome], cost[genome] = row["score"], row["seconds"] / mean
    return Landscape(name or "agents-textworld", space, TableTruth(table, cost), conditions)
