"""How alike two candidates are, and the draw that leaves near-copies out.

A candidate is reduced to the smallest hashes of its shingles (runs of tokens), whose overlap estimates
the share of shingles that two candidates have in common.

Source: Broder, On the resemblance and containment of documents, 1997 (bottom-k sketches).
"""

import re
import zlib
from collections.abc import Iterable, Mapping

Sketch = frozenset[int]

SHINGLE = 4
"""Tokens in a shingle."""

KEPT = 128
"""Hashes in a sketch; the estimate is then off by some .04."""

ALIKE = 0.9
"""Candidates with less in common are never left out."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


def sketch(files: Mapping[str, str]) -> Sketch:
    """The sketch of a candidate's files; layout does not matter."""
    hashes: set[int] = set()
    for path in sorted(files):
        tokens = _TOKEN.findall(files[path])
        last = max(1, len(tokens) - SHINGLE + 1)
        hashes.update(
            zlib.crc32(" ".join(tokens[i : i + SHINGLE]).encode("utf-8", "surrogatepass"))
            for i in range(last)
        )
    return frozenset(sorted(hashes)[:KEPT])


def likeness(one: Sketch, other: Sketch) -> float:
    """Estimated share of shingles that both have, of those that either has; in [0, 1]."""
    together = frozenset(sorted(one | other)[:KEPT])
    return len(one & other & together) / len(together) if together else 1.0


def nearest(one: Sketch, others: Iterable[Sketch]) -> float:
    """Likeness to the most similar of `others`; 0 without any."""
    return max((likeness(one, other) for other in others), default=0.0)


def acceptance(alike: float, least: float) -> float:
    """Probability that a candidate with likeness `alike` to its nearest sibling is kept.

    1 up to `ALIKE`, then falling evenly to `least` for a copy in all shingles. `least` is above 0: what
    differs in one constant only may still be the better one.
    """
    if alike <= ALIKE:
        return 1.0
    return least + (1.0 - least) * (1.0 - alike) / (1.0 - ALIKE)
