"""Which of many texts a query is about: BM25, as search engines rank."""

import math
import re
from collections import Counter
from collections.abc import Sequence

K1, B = 1.5, 0.75
"""How soon a repeated word counts no more, and how far long texts are held back."""

LONGEST = 20_000
"""Letters of a text or a query that are looked at."""

_COMMON = (
    "a an and are as at be by do for from has have in is it its of on or that the this to was were what which "
    "will with you your"
)
_STOP = frozenset(_COMMON.split())


def scores(query: str, texts: Sequence[str]) -> list[float]:
    """How well each text fits the query, 0 for not at all.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with the
    inverse document frequency ``ln(1 + (n - df + 0.5) / (df + 0.5))``, which is never negative.
    """
    counts = [Counter(terms(text)) for text in texts]
    lengths = [sum(one.values()) for one in counts]
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    found = [0.0] * len(texts)
    for term in sorted(set(terms(query))):  # in one order, so that sums are the same in every process
        holders = sum(term in one for one in counts)
        weight = math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
        for place, count in enumerate(counts):
            if n := count[term]:
                slack = K1 * (1 - B + B * lengths[place] / mean)
                found[place] += weight * n * (K1 + 1) / (n + slack)
    return found


def best(query: str, texts: Sequence[str], most: int) -> list[int]:
    """Places of the texts that fit best, the best first; of equals the earlier. Those that do not fit are left out."""
    found = scores(query, texts)
    order = sorted(range(len(texts)), key=lambda place: -found[place])
    return [place for place in order[:most] if found[place] > 0]


def terms(text: str) -> list[str]:
    """The words that carry meaning, plain plurals by their singular."""
    words = re.findall(r"[^\W_]+", text[:LONGEST].casefold())
    return [_singular(word) for word in words if word not in _STOP]


def passages(text: str, words: int) -> list[str]:
    """A text cut into passages of about `words` words, at the ends of sentences where there are any."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        kept: list[str] = []
        for sentence in re.split(r"(?<=[.!?])\s+|\n", block.strip()):
            pieces = sentence.split()
            if kept and len(kept) + len(pieces) > words:
                found.append(" ".join(kept))
                kept = []
            kept += pieces
            while len(kept) > 2 * words:  # no end of a sentence in sight
                found.append(" ".join(kept[:words]))
                kept = kept[words:]
        if kept:
            found.append(" ".join(kept))
    return found


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
