"""How something changed over a run, in a bounded number of entries."""

from typing import Generic, TypeVar

CAPACITY = 128
"""Entries that are kept; when there are so many, every second goes."""

Entry = TypeVar("Entry")


class History(Generic[Entry]):
    """Entries at even distances from the beginning of a run to its end, the distance doubling as it grows."""

    def __init__(self) -> None:
        self._stride = 1
        self._entries: list[Entry] = []

    def is_due(self, count: int) -> bool:
        """Whether an entry is wanted at `count`, which counts up from 1."""
        return count % self._stride == 0

    def add(self, entry: Entry) -> None:
        """Takes in the entry that is due."""
        self._entries.append(entry)
        if len(self._entries) == CAPACITY:
            self._entries = self._entries[1::2]
            self._stride *= 2

    def entries(self) -> list[Entry]:
        """From the first to the last."""
        return list(self._entries)
