"""Bagged extremely randomised trees whose predictions cost microseconds.

They are grown by scikit-learn, then laid out in flat arrays and walked all at once: its own prediction
costs 10 to 20 ms however few the rows, and a search asks about a handful at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

MOST_DRAWN = 1024
"""A bag has as many rows as differ among so many that are drawn with replacement; all trees see them all."""

Told = tuple[np.ndarray, np.ndarray]
"""Mean and variance of each of some rows, ``[n]`` each."""


@dataclass(frozen=True, slots=True)
class Forest:
    """A fitted forest.

    Attributes:
        roots: ``[n_trees]`` places of the roots.
        feature: ``[n_nodes]``.
        threshold: ``[n_nodes]`` float32: left if the feature is at most this.
        children: ``[n_nodes, 2]`` places, left and right; both of a leaf are the leaf.
        value: ``[n_nodes]`` mean target of the training rows in the node.
        spread: ``[n_nodes]`` their variance.
        depth: of the deepest tree.
        outside: ``[n_trees, n_rows]`` True where a row was not in a tree's bag.
        out_of_bag: ``[n_asked]`` prediction for each training row asked for by the trees that have not seen it.
        out_of_bag_variance: ``[n_asked]`` and how sure they are, see `predict`.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    children: np.ndarray
    value: np.ndarray
    spread: np.ndarray
    depth: int
    outside: np.ndarray
    out_of_bag: np.ndarray
    out_of_bag_variance: np.ndarray

    def leaves(self, x: np.ndarray) -> np.ndarray:
        """The leaf that each tree has for each row; ``[n, d]`` float32 -> ``[n, n_trees]``."""
        flat, starts = np.ascontiguousarray(x).ravel(), (np.arange(len(x)) * x.shape[1])[:, None]
        places, children = np.repeat(self.roots[None], len(x), axis=0), self.children.ravel()
        for _ in range(self.depth):
            beyond = flat.take(self.feature.take(places) + starts) > self.threshold.take(places)
            places = children.take(2 * places + beyond)
        return places

    def predict(self, x: np.ndarray) -> Told:
        """Mean and variance, ``[n]`` each: the variance between the trees and within their leaves, added."""
        return self.told(self.leaves(x))

    def told(self, leaves: np.ndarray) -> Told:
        """Mean and variance, as `predict`, from some trees' leaves for each row, ``[n, m]``."""
        values = self.value[leaves]
        return values.mean(axis=1), values.var(axis=1) + self.spread[leaves].mean(axis=1)


class Grove:
    """Forests that are walked together, which for a few rows takes no longer than to walk one.

    Args:
        forests: at least one, by name, each with the place of its first column among all that are given
            to `predict`.
    """

    def __init__(self, forests: Mapping[str, tuple[Forest, int]]) -> None:
        parts, first = zip(*forests.values(), strict=True)
        starts = np.cumsum([0, *(len(one.feature) for one in parts)])[:-1]
        ends = np.cumsum([0, *(len(one.roots) for one in parts)]).tolist()
        self._trees = {name: slice(*between) for name, between in zip(forests, pairwise(ends), strict=True)}
        self._all = Forest(
            np.concatenate([one.roots + start for one, start in zip(parts, starts, strict=True)]),
            np.concatenate([one.feature + column for one, column in zip(parts, first, strict=True)]),
            np.concatenate([one.threshold for one in parts]),
            np.concatenate([one.children + start for one, start in zip(parts, starts, strict=True)]),
            np.concatenate([one.value for one in parts]),
            np.concatenate([one.spread for one in parts]),
            max(one.depth for one in parts),
            *(np.zeros(0),) * 3,
        )

    def predict(self, x: np.ndarray) -> dict[str, Told]:
        """What each of the forests says of the rows ``[n, d]`` float32, see `Forest.predict`."""
        leaves = self._all.leaves(x)
        return {name: self._all.told(leaves[:, trees]) for name, trees in self._trees.items()}


def grow(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    rng: np.random.Generator,
    *,
    n_trees: int,
    share: float = 0.35,
    leaf: int = 2,
    asked: np.ndarray | None = None,
) -> Forest:
    """Grows a forest.

    Args:
        x: ``[n, d]`` float32, finite.
        y: ``[n]`` float64.
        weight: ``[n]`` above 0.
        rng: that bags and splits are drawn from.
        n_trees: at least 1.
        share: of the features that each split chooses from.
        leaf: rows that a leaf has at least.
        asked: the rows whose predictions out of bag are wanted; all if None.

    Source: Geurts et al., Extremely randomized trees (2006), on samples of the rows: Bühlmann and Yu,
    Analyzing bagging (2002), which do as well as bootstrap samples and need no weights.
    """
    n = len(y)
    size = max(1, round(n * (1 - np.exp(-min(n, MOST_DRAWN) / n))))
    bags = [rng.permutation(n)[:size] for _ in range(n_trees)]
    outside = np.ones((n_trees, n), bool)
    for at, bag in enumerate(bags):
        outside[at, bag] = False
    trees = _trees(x, y, weight, bags, rng, max_features=share, min_samples_leaf=min(leaf, max(1, n // 8)))
    return _with_out_of_bag(_flatten(trees, outside), x, np.arange(n) if asked is None else asked)


def _trees(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    bags: Sequence[np.ndarray],
    rng: np.random.Generator,
    **settings: Any,
) -> list[Any]:
    """A tree for each bag, as scikit-learn grows it."""
    from sklearn import config_context  # late: a second to import
    from sklearn.tree import ExtraTreeRegressor

    draws = np.random.RandomState(int(rng.integers(1 << 31)))
    even = float(np.ptp(weight)) == 0
    trees = []
    # Of a small tree most of the time went into checks of what is known to be right.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        for bag in bags:
            tree = ExtraTreeRegressor(random_state=draws, **settings)
            tree.fit(x[bag], y[bag], None if even else weight[bag], check_input=False)
            trees.append(tree.tree_)
    return trees


def _flatten(trees: list[Any], outside: np.ndarray) -> Forest:
    sizes = np.array([tree.node_count for tree in trees])
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    own = np.arange(sizes.sum())
    first = np.repeat(roots, sizes)
    left, right = (
        np.concatenate([getattr(tree, side) for tree in trees])
        for side in ("children_left", "children_right")
    )
    leaf = left < 0
    return Forest(
        roots,
        np.where(leaf, 0, np.concatenate([tree.feature for tree in trees])),
        np.concatenate([tree.threshold for tree in trees]).astype(np.float32),
        np.stack([np.where(leaf, own, left + first), np.where(leaf, own, right + first)], axis=1),
        np.concatenate([tree.value[:, 0, 0] for tree in trees]),
        np.maximum(np.concatenate([tree.impurity for tree in trees]), 0.0),
        max(tree.max_depth for tree in trees),
        outside,
        np.zeros(0),
        np.zeros(0),
    )


def _with_out_of_bag(forest: Forest, x: np.ndarray, asked: np.ndarray) -> Forest:
    if not len(asked):
        return forest
    leaves = forest.leaves(x[asked])
    seen = forest.outside.T[asked].astype(float)
    none = seen.sum(axis=1) == 0  # in every bag: few trees, or few rows; then all trees have to answer
    seen[none] = 1.0
    count = seen.sum(axis=1)
    values = forest.value[leaves]
    mean = (values * seen).sum(axis=1) / count
    between = ((values - mean[:, None]) ** 2 * seen).sum(axis=1) / count
    within = (forest.spread[leaves] * seen).sum(axis=1) / count
    return replace(forest, out_of_bag=mean, out_of_bag_variance=between + within)
