"""One thing that is predicted, by two models that are blended as their skill says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evo.value.columns import Encoded
from evo.value.components import Process, Strengths, estimate, solve
from evo.value.forest import Forest, Told, grow
from evo.value.kernels import Kernels, Sum

MOST_FOR_STRENGTHS = 192
"""Rows that kernels' strengths are estimated from; more cost time and change little."""

ROUNDS = 12
"""Of that estimation at first; half as many when it goes on from the last fit."""

NO_ROWS = np.zeros(0, int)

SMOOTH_AT_FIRST = 0.75
"""The smooth model's share in the blend before their skill is known: trees need hundreds of labels."""

BELIEF = 20
"""So many labels have to speak against that share to move it half of the way."""

LEAST_STD = 1e-3
"""Of targets of variance 1: nothing is known better."""


@dataclass(frozen=True, slots=True)
class Smooth:
    """The Gaussian process half of a head."""

    kernels: Kernels
    covariance: Sum
    process: Process

    def predict(self, candidates: Encoded) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance, ``[n]`` each."""
        shared, own = self.covariance.with_(candidates)
        found = [self.process.predict(*one) for one in zip(shared + 1.0, own + 1.0, strict=True)]
        return np.array([mean for mean, _ in found]), np.array([variance for _, variance in found])


@dataclass(frozen=True, slots=True)
class Head:
    """A fitted head.

    Attributes:
        trees, smooth: the two models; no smooth one where trees are enough.
        share: of the smooth one in the blend, in [0, 1].
        centre: mean target, which both are fitted around.
        left_out, left_out_std: ``[m]`` what the blend says of each row of the smooth one without that row.
    """

    trees: Forest
    smooth: Smooth | None
    share: float
    centre: float
    left_out: np.ndarray
    left_out_std: np.ndarray

    def predict(self, candidates: Encoded, told: Told) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation, ``[n]`` each; `told` is what its trees say (`Forest.predict`)."""
        mean, variance = told
        if self.smooth is not None:
            mean, variance = _blend((mean, variance), self.smooth.predict(candidates), self.share)
        return mean + self.centre, _deviation(variance)


def fit_head(
    rows: Encoded,
    y: np.ndarray,
    noisiness: np.ndarray,
    rng: np.random.Generator,
    *,
    n_trees: int,
    kernel_rows: np.ndarray = NO_ROWS,
    slot_names: Sequence[str] = (),
    before: Head | None = None,
) -> Head:
    """Fits a head to ``n`` rows.

    Args:
        rows: ``n`` candidates.
        y: ``[n]`` targets, of variance about 1.
        noisiness: ``[n]`` how much noisier than a label of this run each is, at least 1.
        rng: that bags, splits and samples are drawn from.
        n_trees: of the forest.
        kernel_rows: which rows the process is fitted to; empty for no process.
        slot_names: of the slots and parameters in `rows`.
        before: the same head as it was fitted before, to go on from.
    """
    centre = float(np.average(y, weights=1 / noisiness))
    y = y - centre
    trees = grow(rows.trees, y, 1 / noisiness, rng, n_trees=n_trees, asked=kernel_rows)
    if not len(kernel_rows):
        return Head(
            trees, None, 0.0, centre, trees.out_of_bag + centre, _deviation(trees.out_of_bag_variance)
        )
    smooth = _fit_smooth(
        rows.take(kernel_rows),
        y[kernel_rows],
        noisiness[kernel_rows],
        rng=rng,
        slot_names=slot_names,
        before=before,
    )
    process = smooth.process
    left_out = (process.left_out, process.left_out_variance)
    outside = (trees.out_of_bag, trees.out_of_bag_variance)
    share = _share(outside[0], left_out[0], y[kernel_rows], 1 / noisiness[kernel_rows])
    mean, variance = _blend(outside, left_out, share)
    return Head(trees, smooth, share, centre, mean + centre, _deviation(variance))


def _fit_smooth(
    rows: Encoded,
    y: np.ndarray,
    noisiness: np.ndarray,
    *,
    rng: np.random.Generator,
    slot_names: Sequence[str],
    before: Head | None,
) -> Smooth:
    kernels = Kernels(rows, slot_names)
    prior = Strengths.prior(kernels.shares)
    start, rounds = prior, ROUNDS
    if before is not None and before.smooth is not None and before.smooth.kernels.names == kernels.names:
        start, rounds = before.smooth.process.strengths, ROUNDS // 2
    some = np.sort(rng.permutation(len(y))[:MOST_FOR_STRENGTHS])
    strengths = estimate(
        kernels.matrices(some), y[some], noisiness[some], start=start, prior=prior, rounds=rounds
    )
    covariance = kernels.sum(strengths)
    total = covariance.among() + 1.0
    total[np.diag_indices(len(y))] += strengths.noise * noisiness + 1e-9
    return Smooth(kernels, covariance, solve(total, y, strengths))


def _deviation(variance: np.ndarray) -> np.ndarray:
    """``[n]`` standard deviations: trees that all say the same, as on a plateau, are not sure of it."""
    found: np.ndarray = np.sqrt(np.maximum(variance, LEAST_STD**2))
    return found


def _share(trees: np.ndarray, smooth: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """The blend of least squared error on left-out rows, drawn to `SMOOTH_AT_FIRST` as by `BELIEF` rows."""
    apart = smooth - trees
    gain = float((weight * apart) @ (y - trees))
    scale = float((weight * apart) @ apart)
    pull = BELIEF * scale / max(float(weight.sum()), 1.0)
    return float(np.clip((gain + SMOOTH_AT_FIRST * pull) / (scale + pull), 0.0, 1.0)) if scale > 0 else 0.5


def _blend(
    trees: tuple[np.ndarray, np.ndarray], smooth: tuple[np.ndarray, np.ndarray], share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of a mixture of the two."""
    mean = share * smooth[0] + (1 - share) * trees[0]
    variance = share * smooth[1] + (1 - share) * trees[1]
    return mean, variance + share * (1 - share) * (smooth[0] - trees[0]) ** 2
