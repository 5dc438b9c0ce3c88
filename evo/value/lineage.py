"""What is known of a candidate from the candidates before it: parents, siblings, the operator's record."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from evo.types import Proposal
from evo.value.scale import Scale

MARKS = 12
"""Places that names of operators and models are hashed to."""

HISTORY = (
    *("depth", "parents", "is a repair", "waited for", "siblings", "siblings failed", "siblings gained"),
    *("operator failed", "operator gained", "parent rank"),
    *(f"made by {place}" for place in range(MARKS)),
)
"""Names of the numbers that are fixed when a candidate is told, see `Lineage.told`."""

PARENT_SCORES = ("parent known", "parent score", "best parent", "parent failed", "parent gained")
"""Names of the numbers that follow from the parents' scores, see `Lineage.parents`."""


@dataclass(slots=True)
class Tally:
    """How the children of a parent, or of an operator, did. `gained`: in ranks, the sum."""

    made: int = 0
    judged: int = 0
    failed: int = 0
    gained: float = 0.0

    def numbers(self) -> tuple[float, float]:
        """Share that failed and mean gain in ranks, both shrunk as by four candidates of no note."""
        return self.failed / (self.judged + 4), self.gained / (self.judged + 4)


class Lineage:
    """Scores by id, in order, and how whoever was made from whom did. Ranks are shares of all scores so far."""

    def __init__(self) -> None:
        self.scores: dict[str, float | None] = {}
        """Id -> score at the last stage; None for a candidate that failed."""
        self._ordered: list[float] = []
        self._parents: dict[str, Tally] = {}
        self._makers: dict[str, Tally] = {}
        self._depth: dict[str, int] = {}
        self._gain: dict[str, float] = {}  # of a judged candidate over its best parent, in ranks

    def rank(self, score: float) -> float:
        """Share of the scores so far that are below `score`, ties counted half; 0.5 before there are any."""
        if not self._ordered:
            return 0.5
        place = bisect_left(self._ordered, score) + bisect_right(self._ordered, score)
        return place / (2 * len(self._ordered))

    def told(self, proposal: Proposal, parents: tuple[str, ...], n_labels: int, count: bool) -> np.ndarray:
        """Takes in a proposal; without `count` it was taken in before, and is only looked at again.

        Returns:
            ``[len(HISTORY)]`` float32: what the past says of the new candidate.
        """
        maker = maker_of(proposal)
        siblings = self._parents.setdefault(parents[0], Tally()) if parents else Tally()
        made = self._makers.setdefault(maker, Tally())
        known = [score for name in parents if (score := self.scores.get(name)) is not None]
        depth = 1 + max((self._depth.get(name, 0) for name in parents), default=-1)
        if proposal.candidate is not None:
            self._depth[proposal.candidate.id] = depth
        marks = np.zeros(MARKS, np.float32)
        for text in (proposal.operator, f"{proposal.operator} {proposal.model}"):
            code = crc32(text.encode())
            marks[code % MARKS] += 1.0 if code >> 16 & 1 else -1.0
        numbers = (
            np.log1p(depth),
            len(parents),
            float(bool(proposal.repairs)),
            np.log1p(max(n_labels - proposal.known, 0)),
            np.log1p(siblings.made),
            *siblings.numbers(),
            *made.numbers(),
            float(np.mean([self.rank(score) for score in known])) if known else 0.5,
        )
        siblings.made += count
        made.made += count
        return np.array([*numbers, *marks], np.float32)

    def judged(self, candidate: str, score: float | None, parents: tuple[str, ...], maker: str) -> None:
        """Takes in a verdict."""
        known = [found for name in parents if (found := self.scores.get(name)) is not None]
        tallies = [self._makers.setdefault(maker, Tally())]
        tallies += [self._parents.setdefault(parents[0], Tally())] if parents else []
        gain = 0.0
        if score is not None and known:
            gain = self.rank(score) - max(map(self.rank, known))
            self._gain[candidate] = gain
        for tally in tallies:
            tally.judged += 1
            tally.failed += score is None
            tally.gained += gain
        self.scores[candidate] = score
        if score is not None:
            insort(self._ordered, score)

    def parents(
        self, parents: Sequence[tuple[str, ...]], guesses: Sequence[float | None], scale: Scale
    ) -> tuple[np.ndarray, np.ndarray]:
        """What the scores of the parents of ``n`` candidates say, as they are known now.

        Args:
            parents: ids of each candidate's.
            guesses: stand in for their scores where none of them has one.
            scale: that scores are put on.

        Returns:
            ``[n, len(PARENT_SCORES)]`` float32, and ``[n]`` the standardised score of the first parent that has
            one, or else of the guess; nan without either.
        """
        n = len(parents)
        first, best, others = np.full(n, np.nan), np.full(n, np.nan), np.zeros((n, 2))
        for at, (names, guess) in enumerate(zip(parents, guesses, strict=True)):
            scores = [self.scores[name] for name in names if name in self.scores]
            found = [score for score in scores if score is not None]
            if not found and guess is not None:
                found = [guess]
            if found:
                first[at], best[at] = found[0], max(found)
            others[at] = None in scores, max((self._gain.get(name, 0.0) for name in names), default=0.0)
        base = scale.to(first)
        known = ~np.isnan(base)
        z = np.column_stack([known, base, scale.to(best), others])
        z[~known, 1:3] = 0.0
        return z.astype(np.float32), base

    def step(self, score: float | None, parents: tuple[str, ...]) -> tuple[float, bool] | None:
        """What a verdict gained over the first parent, in ranks, and whether it is the same; None without one."""
        before = self.scores.get(parents[0]) if parents else None
        if before is None:
            return None
        return (0.0 if score is None else self.rank(score) - self.rank(before)), score == before


def maker_of(proposal: Proposal) -> str:
    """What made a candidate: the operator and, if there is one, the model."""
    return f"{proposal.operator} {proposal.model}"
