"""Lays quoted lines over the lines of a program, as well as they fit."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from heapq import nlargest

from evo.operators.reply.outcome import Effort

_PLACES = 6  # windows that are compared letter by letter
_SLACK = 3  # lines by which quotation and program may be shifted against each other
_LETTERS = 160  # of a line that are compared
_ALIKE = 0.5  # below this, two lines have nothing to do with each other
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which quoted line is which line of the program.

    Attributes:
        rows: number of a quoted line -> row of the program.
        score: from 0 to 1, the share of the letters on both sides that fit.
    """

    rows: Mapping[int, int]
    score: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quotation and a program.

    Attributes:
        wanted: the quoted lines that say something, with their numbers, without white space around.
        rows: of the lines of the program that say something.
        texts: these lines, without white space around.
        effort: what comparing may cost.
    """

    wanted: Sequence[tuple[int, str]]
    rows: Sequence[int]
    texts: Sequence[str]
    effort: Effort

    def rows_from(self, start: int) -> Sequence[int]:
        """The rows of the window that begins at the text `start`."""
        return self.rows[start : start + len(self.wanted)]

    def without(self, first: int, last: int) -> "Comparison":
        """The same with the rows `first` to `last` taken out."""
        rest = ["" if first <= row <= last else text for row, text in zip(self.rows, self.texts, strict=True)]
        return replace(self, texts=rest)

    def promising(self) -> list[int]:
        """Starts of the windows that share most words with the quotation: one pass over all words."""
        bag = Counter(token for _, text in self.wanted for token in _TOKEN.findall(text))
        tokens = [_TOKEN.findall(text) for text in self.texts]
        width = min(len(self.wanted), len(self.texts))
        inside: Counter[str] = Counter()
        shared = size = 0
        scores: list[float] = []
        for number, new in enumerate(tokens):
            for token in new:
                inside[token] += 1
                shared += inside[token] <= bag[token]
            size += len(new)
            if number >= width:
                for token in tokens[number - width]:
                    shared -= inside[token] <= bag[token]
                    inside[token] -= 1
                size -= len(tokens[number - width])
            if number >= width - 1:
                scores.append(2 * shared / (size + bag.total() or 1))
        return _spread(scores, width // 2)

    def best(self, starts: Sequence[int]) -> Alignment | None:
        """The alignment with the highest score near one of `starts`; the first of equals."""
        found = [self._near(start) for start in starts]
        return max((one for one in found if one is not None), key=lambda one: one.score, default=None)

    def _near(self, start: int) -> Alignment | None:
        """The best alignment in order, lines left out on either side."""
        first = max(0, start - _SLACK)
        window = self.texts[first : start + len(self.wanted) + _SLACK]
        if not self.effort.allows(4 * len(self.wanted) * len(window)):
            return None
        alike = self._alike(window, start - first)
        pairs = _chain(alike, [_weight(text) for _, text in self.wanted], len(window))
        if not pairs:
            return None
        spanned = sum(_weight(text) for text in window[pairs[0][1] : pairs[-1][1] + 1])
        total = spanned + sum(_weight(text) for _, text in self.wanted)
        worth = sum(alike[i, j] * (_weight(self.wanted[i][1]) + _weight(window[j])) for i, j in pairs)
        return Alignment({self.wanted[i][0]: self.rows[first + j] for i, j in pairs}, worth / total)

    def _alike(self, window: Sequence[str], offset: int) -> dict[tuple[int, int], float]:
        """How alike a quoted line and one of `window` are, for those that may belong together."""
        found: dict[tuple[int, int], float] = {}
        for i, (_, text) in enumerate(self.wanted):
            low, high = max(0, i + offset - 2 * _SLACK), min(len(window), i + offset + 2 * _SLACK + 1)
            for j in range(low, high):
                similarity = ratio(text, window[j], self.effort)
                if similarity >= _ALIKE:
                    found[i, j] = similarity
        return found


def ratio(one: str, other: str, effort: Effort) -> float:
    """How alike two lines are, from 0 to 1; 0 where that is little, or where `effort` is spent."""
    if one == other:
        return 1.0
    one, other = one[:_LETTERS], other[:_LETTERS]
    if not effort.allows(len(one) * len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def _spread(scores: Sequence[float], distance: int) -> list[int]:
    """The places of the highest scores that are further apart than `distance`."""
    chosen: list[int] = []
    for start in nlargest(40 * _PLACES, range(len(scores)), key=scores.__getitem__):
        if all(abs(start - other) > distance for other in chosen):
            chosen.append(start)
        if len(chosen) == _PLACES:
            break
    return chosen


def _chain(
    alike: Mapping[tuple[int, int], float], weights: Sequence[int], width: int
) -> list[tuple[int, int]]:
    """The pairs, both numbers rising, that are worth most together."""
    # best[i][j]: the worth of the first i quoted lines against the first j of the window
    best = [[0.0] * (width + 1) for _ in range(len(weights) + 1)]
    for i, weight in enumerate(weights):
        for j in range(width):
            pair = best[i][j] + alike.get((i, j), 0.0) * weight
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], pair)
    pairs: list[tuple[int, int]] = []
    i, j = len(weights), width
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _weight(text: str) -> int:
    """What a line counts: short ones such as ``}`` say little about where they stand."""
    return min(max(len(text), 2), 80)
