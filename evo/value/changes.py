"""What a change is worth: the rank of a candidate less the rank of its parent."""

from dataclasses import dataclass

import numpy as np

from evo.value.columns import Encoded
from evo.value.forest import Forest, Told, grow
from evo.value.ranks import Ranks

LEAST = 8
"""Judged children of judged parents before changes are learnt."""

ROWS = 1024
"""Of these the latest so many are learnt from: how a change does depends on how far the run has come."""

TREES = 32

SHARE = 0.5
"""Of the columns, that each split chooses from: most say nothing."""

LEAF = 3

NOBODY = np.zeros(0, int)


@dataclass(frozen=True, slots=True)
class Changes:
    """A fitted model of changes.

    Attributes:
        ranks: of the scores it was fitted to.
        trees: what predicts the difference of ranks.
    """

    ranks: Ranks
    trees: Forest

    def predict(self, candidates: Encoded, told: Told) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the candidates' ranks, ``[n]`` each; nan for one whose parent has no score.

        `told` is what its trees say of their changes (`Forest.predict`).
        """
        mean, variance = told
        return self.ranks.to(candidates.parents) + mean, variance


def fit_changes(rows: Encoded, z: np.ndarray, rng: np.random.Generator, n_trees: int) -> Changes | None:
    """Learns from the rows whose parent has a score; None if there are too few.

    Args:
        rows: ``n`` judged candidates of this run, in order.
        z: ``[n]`` their standardised scores.
        rng: that bags and splits are drawn from.
        n_trees: at most; `TREES` are enough.
    """
    some = np.flatnonzero(~np.isnan(rows.parents))[-ROWS:]
    if len(some) < LEAST:
        return None
    ranks = Ranks.of(z)
    gains = ranks.to(z[some]) - ranks.to(rows.parents[some])
    trees = grow(
        rows.changes[some],
        gains,
        np.ones(len(some)),
        rng,
        n_trees=min(n_trees, TREES),
        share=SHARE,
        leaf=LEAF,
        asked=NOBODY,
    )
    return Changes(ranks, trees)
