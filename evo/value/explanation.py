"""What the value model goes by: features, slots and components, with intervals."""

from dataclasses import dataclass

import numpy as np

from evo.value.fitting import Fitted
from evo.value.head import Head
from evo.value.scale import Scale

SHOWN = 12
"""Features that are named one by one."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much one thing matters.

    Attributes:
        name: of a feature, of a group of them, or ``slot=component``.
        value: see where it stands in an `Explanation`.
        low, high: its 90 % interval.
    """

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a fitted model says of itself.

    Attributes:
        features: rise of the trees' squared error, in shares of the variance, where a feature is shuffled;
            the interval is over the trees, each on the rows outside its bag. The most important first.
        groups: the same of whole groups of features, shuffled together.
        likenesses: share of the Gaussian process's variance, by kernel; no interval, so low and high are the value.
        components: what a component of a design adds against the mean component of its slot, in the
            problem's unit where its scores are not far out; the interval is the posterior's.
        smooth_share: of the process in the blend; the rest are the trees.
    """

    features: tuple[Weight, ...]
    groups: tuple[Weight, ...]
    likenesses: tuple[Weight, ...]
    components: tuple[Weight, ...]
    smooth_share: float


def explain(
    fitted: Fitted, scale: Scale, x: np.ndarray, z: np.ndarray, rng: np.random.Generator
) -> Explanation | None:
    """Explains a fit's score head; None if it has none.

    Args:
        fitted: the fit.
        scale: that its targets are on.
        x: ``[n, d]`` what its trees were grown on.
        z: ``[n]`` their targets.
        rng: that columns are shuffled with.
    """
    head = fitted.score
    if head is None:
        return None
    names, groups = fitted.columns.tree_names, fitted.columns.tree_groups
    inner = head.trees.children[:, 0] != np.arange(len(head.trees.children))
    used = sorted(set(head.trees.feature[inner].tolist()))
    features = [_importance(head, x, z, [at], name=names[at], rng=rng) for at in used]
    whole = [
        _importance(head, x, z, [at for at in range(len(groups)) if groups[at] == group], name=group, rng=rng)
        for group in sorted(set(groups))
    ]
    return Explanation(
        tuple(sorted(features, key=lambda weight: -weight.value)[:SHOWN]),
        tuple(sorted(whole, key=lambda weight: -weight.value)),
        _likenesses(head),
        _components(fitted, head, scale),
        head.share,
    )


def _importance(
    head: Head, x: np.ndarray, z: np.ndarray, columns: list[int], *, name: str, rng: np.random.Generator
) -> Weight:
    """By permutation, tree by tree. Source: Breiman, Random forests (2001), section 10."""
    shuffled = x.copy()
    shuffled[:, columns] = x[rng.permutation(len(x))][:, columns]
    target = (z - head.centre)[:, None]
    forest = head.trees
    before = (forest.value[forest.leaves(x)] - target) ** 2
    after = (forest.value[forest.leaves(shuffled)] - target) ** 2
    outside = forest.outside.T
    rows = np.maximum(outside.sum(axis=0), 1)
    rises = ((after - before) * outside).sum(axis=0) / rows / max(float(z.var()), 1e-12)
    error = 1.645 * float(rises.std()) / np.sqrt(len(rises))
    mean = float(rises.mean())
    return Weight(name, mean, mean - error, mean + error)


def _likenesses(head: Head) -> tuple[Weight, ...]:
    if head.smooth is None:
        return ()
    strengths = head.smooth.process.strengths
    total = float(strengths.kernels.sum()) + strengths.noise
    shares = {
        name: float(value) / total
        for name, value in zip(head.smooth.kernels.names, strengths.kernels, strict=True)
    }
    shares["noise"] = strengths.noise / total
    return tuple(
        Weight(name, share, share, share) for name, share in sorted(shares.items(), key=lambda pair: -pair[1])
    )


def _components(fitted: Fitted, head: Head, scale: Scale) -> tuple[Weight, ...]:
    """Main effects from the posterior of each slot's own kernel.

    With ``k`` the kernel's strength and ``J`` the rows' membership of the slot's components, effects are
    ``k J' V^-1 y`` with covariance ``k I - k^2 J' V^-1 J``, both taken against the components' mean.
    """
    if head.smooth is None:
        return ()
    kernels, process = head.smooth.kernels, head.smooth.process
    found: list[Weight] = []
    for at, slot in enumerate(fitted.columns.slots):
        strength = float(process.strengths.kernels[kernels.names.index(f"slot {slot}")])
        there = [
            (name, code)
            for name, code in fitted.columns.components[slot].items()
            if (kernels.rows.codes[:, at] == code).any()
        ]
        member = np.stack([kernels.rows.codes[:, at] == code for _, code in there], axis=1).astype(float)
        n = len(there)
        against = np.eye(n) - 1 / n
        effect = against @ (strength * member.T @ process.weights)
        covariance = strength * np.eye(n) - strength**2 * member.T @ process.inverse @ member
        deviation = np.sqrt(np.maximum(np.diag(against @ covariance @ against), 0.0))
        found += [
            Weight(
                f"{slot}={name or 'none there'}",
                float(scale.spread * mean),
                float(scale.spread * (mean - 1.645 * std)),
                float(scale.spread * (mean + 1.645 * std)),
            )
            for (name, _), mean, std in zip(there, effect, deviation, strict=True)
        ]
    return tuple(found)
