"""How unlike the members of a group are: half what they look like, half how they behave."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from zlib import crc32

import numpy as np

from evo.search.dossier import Dossier
from evo.search.founding import SKETCH, behaviour, sketch
from evo.value.slots import Slots, slots_of

WIDTH = 32
"""Metrics and cases that are compared: the same ones in all candidates that have them."""

NEAREST = 5
"""A member's novelty is its mean distance to so many others, the nearest ones."""

GREATEST = 0.75
"""The largest mean distance of a large group: 1 in structure, and a half in behaviour (half of the
members at either end), of which it is the mean."""


class Look:
    """What a candidate looks like: the slots of a design, a sketch of any other text.

    Args:
        files: of the candidate.
    """

    __slots__ = ("hashes", "known_to", "ordered", "slots")

    def __init__(self, files: Mapping[str, str]) -> None:
        self.slots: Slots | None = slots_of(files)
        self.hashes = sketch(files) if self.slots is None and files else frozenset[int]()
        self.ordered = sorted(self.hashes)
        self.known_to = self.ordered[-1] if len(self.ordered) == SKETCH else inf
        """Up to this value the sketch holds every hash of the text."""


class Portrait:
    """What is remembered of a member of a group.

    Args:
        dossier: of the member.
    """

    def __init__(self, dossier: Dossier) -> None:
        self._files = dossier.files
        found = behaviour(dossier.verdict) if dossier.verdict is not None else {}
        # The smallest by hash: candidates that were judged on other cases besides still share these.
        names = sorted(found, key=lambda name: (crc32(name.encode("utf-8", "surrogatepass")), name))[:WIDTH]
        self.behaviour: Mapping[str, float] = {name: found[name] for name in names}

    @cached_property
    def look(self) -> Look:
        """Made when it is first compared: most candidates never are."""
        look = Look(self._files)
        self._files = {}
        return look


BLANK = Portrait(Dossier())
"""Of a candidate that is not remembered."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How varied a group of ``n`` is.

    Attributes:
        diversity: mean distance of its pairs over the largest there can be, in [0, 1]; 0 for ``n`` < 2.
        novelty: ``[n]`` mean distance of each member to its nearest, over that of the most novel one, in
            [0, 1]; all 0 if no two differ.
    """

    diversity: float
    novelty: np.ndarray


def likeness(distances: np.ndarray) -> Likeness:
    """What distances say of a group.

    Args:
        distances: ``[n, n]`` in [0, 1], symmetric, 0 on the diagonal.

    Source of novelty as the mean distance to the nearest: Lehman and Stanley, Abandoning Objectives,
    Evolutionary Computation 19 (2011).
    """
    n = len(distances)
    if n < 2:
        return Likeness(0.0, np.zeros(n))
    diversity = float(distances.sum() / (n * (n - 1) * GREATEST))
    nearest = np.sort(distances, axis=1)[:, 1 : NEAREST + 1]  # the first is the distance to itself
    sparseness: np.ndarray = nearest.mean(axis=1)
    most = sparseness.max()
    return Likeness(min(1.0, diversity), sparseness / most if most > 0 else sparseness)


def structure_apart(one: Look, other: Look) -> float:
    """Distance in [0, 1] of what two candidates look like; 1 between a design and what is none."""
    if one.slots is not None and other.slots is not None:
        return slots_apart(one.slots, other.slots)
    if one.slots is not None or other.slots is not None:
        return 1.0
    return sketches_apart(one, other)


def sketches_apart(one: Look, other: Look) -> float:
    """One less the share of token n-grams in common, as estimated from the hashes that are known of both.

    Source: Beyer et al., On Synopses for Distinct-Value Estimation Under Multiset Operations, SIGMOD
    2007: below the smaller of the two sketches' largest values both are complete.
    """
    known_to = min(one.known_to, other.known_to)
    common = len(one.hashes & other.hashes)
    together = bisect_right(one.ordered, known_to) + bisect_right(other.ordered, known_to) - common
    return 1 - common / together if together else 0.0


def slots_apart(one: Slots, other: Slots) -> float:
    """Mean over all slots of two designs: 1 where the components differ, else how far the parameters do.

    That is the mean over the component's parameters: ``|a - b| / (|a| + |b|)`` of two numbers, 0 or 1 of
    anything else, 1 for what only one of the two has.

    Source: Gower, A general coefficient of similarity, 1971 (mixed kinds); Lance and Williams, 1967
    (numbers without a known range).
    """
    parameters: dict[str, list[str]] = {}
    for key in sorted(one.keys() | other.keys()):
        slot = key.rpartition(".")[0]
        if slot in one or slot in other:
            parameters.setdefault(slot, []).append(key)
        else:
            parameters.setdefault(key, [])
    apart = 0.0
    for slot, keys in parameters.items():
        if one.get(slot) != other.get(slot):
            apart += 1
        elif keys:
            apart += sum(_values_apart(one.get(key), other.get(key)) for key in keys) / len(keys)
    return apart / max(1, len(parameters))


def behaviour_apart(behaviours: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Distances ``[n, n]``: mean difference of ranks, over what both of a pair have values for.

    A rank is the place among the group's different values of that name, 0 for the lowest, 1 for the
    highest. Pairs with nothing in common to compare are at distance 1.
    """
    n = len(behaviours)
    total, shared = np.zeros((n, n)), np.zeros((n, n))
    for name in sorted({name for found in behaviours for name in found}):
        has = np.array([name in found for found in behaviours])
        values = np.array([found.get(name, 0.0) for found in behaviours])
        levels, places = np.unique(values[has], return_inverse=True)
        ranks = np.zeros(n)
        ranks[has] = places / max(1, len(levels) - 1)
        both = has[:, None] & has[None, :]
        total += np.where(both, np.abs(ranks[:, None] - ranks[None, :]), 0.0)
        shared += both
    apart = np.where(shared > 0, total / np.maximum(shared, 1), 1.0)
    np.fill_diagonal(apart, 0.0)
    return apart


def _values_apart(one: str | float | None, other: str | float | None) -> float:
    if isinstance(one, float) and isinstance(other, float):
        scale = abs(one) + abs(other)
        return abs(one - other) / scale if 0 < scale < inf else float(one != other)
    return float(one != other)
