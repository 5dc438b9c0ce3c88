"""How changes did that touched the same place, came from the same parent or were made in the same way."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from evo.value.edits import GROUPS

SIZE = 1 << 18
"""Places that are told apart; of more, some share one."""

KINDS = (*GROUPS, "parent", "maker", "maker on parent")

RECORD = tuple(f"{kind}: {what}" for kind in KINDS for what in ("judged", "gained", "the same", "failed"))
"""Names of the numbers of `Record.numbers`."""

SHRUNK = 2.0
"""Means are drawn towards 0 as by so many changes."""

Places = tuple[tuple[int, ...], ...]
"""For each of `KINDS`, hashes of what a change touches."""


def places_of(touched: Places, parents: Sequence[str], maker: str) -> Places:
    """What a change touches, whom it was made from and how."""
    if not parents:
        return ((),) * len(KINDS)
    names = (f"parent {parents[0]}", f"maker {maker}", f"maker {maker} on {parents[0]}")
    return (*touched, *((crc32(name.encode()),) for name in names))


class Record:
    """Sums over judged changes, by place: how many, their gains in ranks, how many changed nothing, and failed."""

    def __init__(self) -> None:
        self._sums = np.zeros((SIZE, 4), np.float32)

    def numbers(self, places: Places) -> np.ndarray:
        """``[len(RECORD)]`` float32: what became of the changes before this one."""
        found = np.zeros((len(KINDS), 4), np.float32)
        for at, keys in enumerate(places):
            if keys:
                sums = self._sums[_slots(keys)].sum(axis=0)
                found[at] = sums / (sums[0] + SHRUNK)
                found[at, 0] = np.log1p(sums[0])
        return found.ravel()

    def add(self, places: Places, gain: float, same: bool, failed: bool) -> None:
        """A change was judged."""
        for keys in places:
            for slot in _slots(keys):
                self._sums[slot] += (1.0, gain, same, failed)


def _slots(keys: Sequence[int]) -> list[int]:
    return [key % SIZE for key in keys]
