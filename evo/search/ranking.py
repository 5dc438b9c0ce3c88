"""A list that stays sorted by score: cheap to add to, to remove from and to ask for a rank."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

CHUNK = 256
"""Entries in a chunk before it is split. At 100,000 entries 128 to 512 are equally fast."""


class Ranking:
    """Candidates in order of score, the best first; of equal scores the newest first.

    A list of sorted chunks: adding costs a search among the chunks and a short move within one,
    a rank costs one step a chunk.
    """

    def __init__(self) -> None:
        self._chunks: list[list[tuple[float, int]]] = []  # ascending, none empty
        self._last: list[tuple[float, int]] = []  # the largest entry of each chunk
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, score: float, index: int) -> None:
        """Takes in candidate `index`, which is not in the list yet."""
        self._length += 1
        entry = (score, index)
        if not self._chunks:
            self._chunks.append([entry])
            self._last.append(entry)
            return
        place = min(bisect_left(self._last, entry), len(self._chunks) - 1)
        chunk = self._chunks[place]
        insort(chunk, entry)
        if len(chunk) > CHUNK:
            half = len(chunk) // 2
            self._chunks[place : place + 1] = [chunk[:half], chunk[half:]]
            self._last[place : place + 1] = [chunk[half - 1], chunk[-1]]
        else:
            self._last[place] = chunk[-1]

    def remove(self, score: float, index: int) -> None:
        """Takes out a candidate that was added with this score.

        Raises:
            KeyError: it is not in the list.
        """
        entry = (score, index)
        place = bisect_left(self._last, entry)
        chunk = self._chunks[place] if place < len(self._chunks) else []
        at = bisect_left(chunk, entry)
        if at == len(chunk) or chunk[at] != entry:
            raise KeyError(entry)
        del chunk[at]
        self._length -= 1
        if chunk:
            self._last[place] = chunk[-1]
        else:
            del self._chunks[place], self._last[place]

    def better(self, score: float) -> int:
        """How many have a score strictly above `score`."""
        return self._above((score, _AFTER_ALL))

    def at(self, rank: int) -> int:
        """The candidate of `rank`, 0 for the best.

        Raises:
            IndexError: there are not so many.
        """
        return self._entry(rank)[1]

    def tied(self, rank: int) -> int:
        """How many share the score of the candidate of `rank`.

        Raises:
            IndexError: there are not so many candidates.
        """
        score = self._entry(rank)[0]
        return self._above((score, -1)) - self._above((score, _AFTER_ALL))

    def __iter__(self) -> Iterator[int]:
        """Candidates, the best first."""
        for chunk in reversed(self._chunks):
            for entry in reversed(chunk):
                yield entry[1]

    def _entry(self, rank: int) -> tuple[float, int]:
        if rank >= 0:
            for chunk in reversed(self._chunks):
                if rank < len(chunk):
                    return chunk[-1 - rank]
                rank -= len(chunk)
        raise IndexError(f"{rank} is not a rank among {self._length}")

    def _above(self, entry: tuple[float, int]) -> int:
        """How many entries are above `entry`; counted from the top, where most questions are."""
        place = bisect_left(self._last, entry)
        if place == len(self._chunks):
            return 0
        chunk = self._chunks[place]
        return sum(map(len, self._chunks[place + 1 :])) + len(chunk) - bisect_right(chunk, entry)


_AFTER_ALL = 1 << 62
"""Above every index, so that a search for it ends behind all entries of the same score."""
