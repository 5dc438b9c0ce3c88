"""Spaces of designs: named slots with components and typed parameters, as files and as numbers."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evo.search.seeding import below
from evo.value.covering import Level, covering_array

FILE = "design.json"

Genome = tuple[int, ...]
"""Which value stands on each axis."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One choice of a design.

    Attributes:
        slot: that it is made for.
        values: names of components; or numbers in ascending order, of a parameter.
        parameter: its name; empty for the choice of a component.
    """

    slot: str
    values: tuple[str, ...] | tuple[float, ...]
    parameter: str = ""

    @property
    def is_ordinal(self) -> bool:
        """Whether its values have neighbours."""
        return bool(self.parameter)


@dataclass(frozen=True)
class Space:
    """All designs over some axes."""

    axes: tuple[Axis, ...]
    _indices: tuple[dict[str | float, int], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = tuple({value: i for i, value in enumerate(axis.values)} for axis in self.axes)
        object.__setattr__(self, "_indices", found)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of designs, invalid ones among them."""
        return math.prod(self.shape)

    @property
    def ordinal(self) -> list[int]:
        """Axes whose values have neighbours."""
        return [i for i, axis in enumerate(self.axes) if axis.is_ordinal]

    def files(self, genome: Sequence[int]) -> dict[str, str]:
        """The design as a candidate's files; equal designs give equal text."""
        slots: dict[str, dict[str, str | float]] = {}
        for axis, index in zip(self.axes, genome, strict=True):
            slots.setdefault(axis.slot, {})[axis.parameter or "use"] = axis.values[index]
        return {FILE: json.dumps({"slots": slots}, sort_keys=True, separators=(",", ":"))}

    def genome(self, files: Mapping[str, str]) -> Genome:
        """The reverse of `files`."""
        slots = json.loads(files[FILE])["slots"]
        return tuple(
            index[slots[axis.slot][axis.parameter or "use"]]
            for axis, index in zip(self.axes, self._indices, strict=True)
        )

    def genomes(self, start: int, stop: int) -> np.ndarray:
        """Designs number `start` to `stop` of all, ``[m, axes]`` integers."""
        return np.stack(np.unravel_index(np.arange(start, stop), self.shape), axis=1)

    def sample(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """`n` designs drawn uniformly with replacement, ``[n, axes]`` integers."""
        return rng.integers(0, self.shape, (n, len(self.axes)))

    # -- what operators do ---------------------------------------------------------------------------

    def mutated(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """Another value on one axis; on one more with probability 1/3, and so on."""
        changed = list(genome)
        free = [i for i, n in enumerate(self.shape) if n > 1]
        while free:
            axis = free.pop(below(rng, len(free)))
            changed[axis] = (changed[axis] + 1 + below(rng, self.shape[axis] - 1)) % self.shape[axis]
            if rng.random() >= 1 / 3:
                break
        return tuple(changed)

    def refined(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """A neighbouring value on one axis that has such."""
        axis = self.ordinal[below(rng, len(self.ordinal))]
        at, last = genome[axis], self.shape[axis] - 1
        near = [index for index in (at - 1, at + 1) if 0 <= index <= last]
        changed = list(genome)
        changed[axis] = near[below(rng, len(near))]
        return tuple(changed)

    def recombined(self, first: Genome, second: Genome, rng: np.random.Generator) -> Genome:
        """Each axis from one of two designs, by a fair coin."""
        coins = rng.random(len(first)) < 0.5
        return tuple(a if coin else b for a, b, coin in zip(first, second, coins.tolist(), strict=True))


def covering(
    space: Space, rng: np.random.Generator, valid: Callable[[Genome], bool] | None = None
) -> list[Genome]:
    """Designs that hold every pair of components together at least once; parameters are drawn at random.

    Where there are no two slots to choose components for, the parameters are covered too, each at its
    lowest, middle and highest value.

    Args:
        space: of the designs.
        rng: breaks ties and draws parameters.
        valid: of a design with these components and each parameter at its first value, whether it may be; None
            if all may.
    """
    levels = {at: list(range(n)) for at, n in enumerate(space.shape) if not space.axes[at].is_ordinal}
    if len(levels) < 2:
        levels |= {at: sorted({0, space.shape[at] // 2, space.shape[at] - 1}) for at in space.ordinal}
    named = {str(at): [str(value) for value in values] for at, values in levels.items()}

    def may_be(row: Mapping[str, Level]) -> bool:
        return valid is None or valid(tuple(int(row.get(str(at), 0)) for at in range(len(space.axes))))

    rows = covering_array(named, min(2, len(named)), may_be, rng=rng)
    genomes = space.sample(rng, len(rows))
    for genome, row in zip(genomes, rows, strict=True):
        genome[list(levels)] = [int(row[str(at)]) for at in levels]
    return [tuple(genome) for genome in genomes.tolist()]
