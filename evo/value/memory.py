"""What a value model keeps of candidates: all that may be asked about, and a bounded choice to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from evo.value.columns import Row
from evo.value.facts import Facts
from evo.value.record import Places


@dataclass(slots=True)
class Known:
    """A candidate that was told.

    Attributes:
        facts: of its files.
        history: ``[len(HISTORY)]`` float32, as it stood when it was told.
        record: ``[len(RECORD)]`` float32, as it stood then.
        places: that the change touches, see `evo.value.record`.
        parents: ids.
        maker: operator and model.
        guess: what a parent without a verdict was thought to be worth, in the problem's unit; None for
            a candidate whose parents were judged.
    """

    facts: Facts
    history: np.ndarray
    record: np.ndarray
    places: Places
    parents: tuple[str, ...]
    maker: str
    guess: float | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A verdict: the score, None for a failure, and what judging cost over all stages."""

    candidate: str
    score: float | None
    seconds: float


def choose_rows(labels: Sequence[Label], most: int) -> list[int]:
    """Places of at most `most` labels to learn from, in order.

    Half are the latest, a quarter the best of the others, and the rest drawn from what is left by the
    hash of their ids: so that it is the same draw whenever it is made, and what was left out once need
    not be kept.
    """
    if len(labels) <= most:
        return list(range(len(labels)))
    latest = set(range(len(labels) - most // 2, len(labels)))
    others = [at for at in range(len(labels)) if at not in latest]
    scored = [at for at in others if labels[at].score is not None]
    scored.sort(key=lambda at: (labels[at].score or 0.0, at), reverse=True)
    best = set(scored[: most // 4])
    left = sorted((crc32(labels[at].candidate.encode()), at) for at in others if at not in best)
    drawn = {at for _, at in left[: most - len(latest) - len(best)]}
    return sorted(latest | best | drawn)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A judged candidate of another run: its row, and its score on that run's own scale (None: it failed)."""

    row: Row
    z: float | None
    seconds: float
