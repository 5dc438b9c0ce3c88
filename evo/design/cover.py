"""Few designs that hold every pair of components at least once: a covering array of strength two."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evo.design.component import SLOTS, Part
from evo.design.design import Design
from evo.design.parameter import defaults
from evo.design.parts import normal
from evo.design.space import Space

TRIES = 12
"""Random completions of a pair that are compared."""

Choice = tuple[str, str]
"""A slot and its component; a tool stands in the slot ``tool``."""

Pair = frozenset[Choice]


@dataclass(frozen=True, slots=True)
class Cover:
    """A covering array.

    Attributes:
        designs: in the order in which they were found, those that cover most first, nearly.
        left_out: pairs that no valid design was found for: their needs, or what nobody calls, exclude them.
    """

    designs: tuple[Design, ...]
    left_out: frozenset[Pair]


def cover(space: Space, rng: np.random.Generator) -> Cover:
    """Designs of `space`, parameters at their defaults, that hold each pair of components that can be together.

    Greedy: a design is built around a pair that is not covered yet, completed at random a few times and
    repaired, and the one that covers most is kept. Every valid pair is tried `TRIES` times before it is left out.

    Source: Cohen, Dalal, Fredman and Patton, The AETG system (1997), with repairs in the place of constraints.
    """
    open_pairs = {frozenset(pair): None for pair in _pairs(space)}  # a dict keeps their order
    chosen: list[Design] = []
    left_out: set[Pair] = set()
    while open_pairs:
        pair = next(iter(open_pairs))
        found = [design for design in _completions(space, pair, rng) if pair <= held(design)]
        if not found:
            left_out.add(pair)
            del open_pairs[pair]
            continue
        gains = [sum(frozenset(one) in open_pairs for one in combinations(held(one), 2)) for one in found]
        best = found[int(np.argmax(gains))]
        chosen.append(best)
        for one in combinations(held(best), 2):
            open_pairs.pop(frozenset(one), None)
    return Cover(tuple(chosen), frozenset(left_out))


def held(design: Design) -> frozenset[Choice]:
    """The components of a design, its tools included."""
    tools = design.parts["tools"].values
    on = [("tool", name) for name in design.catalogue.tools() if tools.get(name) is True]
    return frozenset([*((slot, part.use) for slot, part in design.parts.items()), *on])


def _pairs(space: Space) -> Iterator[tuple[Choice, Choice]]:
    """Every two components of different slots; two tools may stand side by side."""
    choices = [(slot, name) for slot in space.slots for name in space.components[slot]]
    if "tools" in space.slots:
        choices += [("tool", name) for name in space.catalogue.tools()]
    for one, other in combinations(choices, 2):
        if one[0] != other[0] or one[0] == "tool":
            yield one, other


def _completions(space: Space, pair: Pair, rng: np.random.Generator) -> Iterator[Design]:
    """Valid designs around `pair`, each completed at random and repaired."""
    slots = {"tools" if slot == "tool" else slot for slot, _ in pair}
    fixed = frozenset(SLOTS) - set(space.slots) | slots
    for _ in range(TRIES):
        parts = {slot: space.draw_part(slot, rng) for slot in space.slots}
        parts = {slot: _plain(space, slot, part) for slot, part in parts.items()}
        for slot, name in sorted(pair):
            if slot != "tool":
                parts[slot] = _plain(space, slot, Part(name, parts[slot].values))
        for slot, name in sorted(pair):
            if slot == "tool":
                use = parts["tools"].use
                use = use if use != "none" else space.components["tools"][-1]
                parts["tools"] = normal("tools", use, {**parts["tools"].values, name: True}, space.catalogue)
        design = space.repaired(parts, rng, fixed) or space.repaired(parts, rng, fixed - {"tools"})
        if design is not None:
            yield design


def _plain(space: Space, slot: str, part: Part) -> Part:
    """`part` with its parameters at their defaults, and with the tools it has."""
    tools = {
        name: True for name in space.catalogue.tools() if slot == "tools" and part.values.get(name) is True
    }
    values = defaults(space.catalogue.parameters(slot, part.use))
    return normal(slot, part.use, {**values, **tools}, space.catalogue)
