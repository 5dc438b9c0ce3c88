"""Text as short vectors: hashed, signed counts of what stands in it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np

_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|[^\sA-Za-z\d]")
"""Words split at underscores, numbers, and single marks: what an agent is called says what it does."""

_WORD = re.compile(r"[A-Za-z]{2,}")


def tokens_of(text: str) -> list[str]:
    """The words, numbers and marks of `text`, in lower case and in order."""
    return _TOKEN.findall(text.lower())


def words_of(text: str) -> list[str]:
    """The words of `text`, in lower case and in order."""
    return _WORD.findall(text.lower())


def bag(tokens: Iterable[str], width: int) -> np.ndarray:
    """Signed hashed counts, damped: ``sign(c) * log(1 + |c|)`` of each count ``c``.

    Args:
        tokens: anything; equal texts fall on the same place with the same sign.
        width: number of places, at least 1.

    Returns:
        ``[width]`` float32.

    Source: Weinberger et al., Feature hashing for large scale multitask learning (2009).
    """
    places = [_place(token, 2 * width) for token in tokens]
    if not places:
        return np.zeros(width, np.float32)
    counts = np.bincount(places, minlength=2 * width)
    signed = counts[:width] - counts[width:]
    return np.asarray(np.sign(signed) * np.log1p(np.abs(signed)), np.float32)


def grams(tokens: list[str]) -> list[str]:
    """The tokens and their pairs of neighbours; pairs of two marks say little and are left out."""
    pairs = [f"{one} {other}" for one, other in pairwise(tokens) if one.isalnum() or other.isalnum()]
    return tokens + pairs


@lru_cache(maxsize=1 << 16)
def _place(token: str, width: int) -> int:
    return crc32(token.encode("utf-8", "surrogatepass")) % width
