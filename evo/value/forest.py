"""Bagged extremely randomised trees whose predictions cost microseconds.

They are grown by scikit-learn, then laid out in flat arrays and walked all at once: its own prediction
costs 10 to 20 ms however few the rows, and a search asks about a handful at a time.
"""

from dataclasses import dataclass

import numpy as np

MOST_IN_BAG = 1024
"""Rows that a bag is drawn as many times as; all trees together see them all."""


@dataclass(frozen=True, slots=True)
class Forest:
    """A fitted forest.

    Attributes:
        roots: ``[n_trees]`` places of the roots.
        feature, left, right: ``[n_nodes]`` int32; both children of a leaf are the leaf.
        threshold: ``[n_nodes]`` float32: left if the feature is at most this.
        value: ``[n_nodes]`` mean target of the training rows in the node.
        spread: ``[n_nodes]`` their variance.
        depth: of the deepest tree.
        outside: ``[n_trees, n_rows]`` True where a row was not in a tree's bag.
        out_of_bag: ``[n_rows]`` prediction for each training row by the trees that have not seen it.
        out_of_bag_variance: ``[n_rows]`` and how sure they are, see `predict`.
    """

    roots: np.ndarray
    feature: np.ndarray
    left: np.ndarray
    right: np.ndarray
    threshold: np.ndarray
    value: np.ndarray
    spread: np.ndarray
    depth: int
    outside: np.ndarray
    out_of_bag: np.ndarray
    out_of_bag_variance: np.ndarray

    def leaves(self, x: np.ndarray) -> np.ndarray:
        """The leaf that each tree has for each row; ``[n, d]`` float32 -> ``[n, n_trees]``."""
        rows = np.arange(len(x))[:, None]
        places = np.broadcast_to(self.roots, (len(x), len(self.roots)))
        for _ in range(self.depth):
            below = x[rows, self.feature[places]] <= self.threshold[places]
            places = np.where(below, self.left[places], self.right[places])
        return places

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance, ``[n]`` each: the variance between the trees and within their leaves, added."""
        leaves = self.leaves(x)
        values = self.value[leaves]
        return values.mean(axis=1), values.var(axis=1) + self.spread[leaves].mean(axis=1)


def grow(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    rng: np.random.Generator,
    *,
    n_trees: int,
    share: float = 0.35,
    leaf: int = 2,
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

    Source: Geurts et al., Extremely randomized trees (2006), on bootstrap samples.
    """
    from sklearn.tree import ExtraTreeRegressor  # a second to import

    n = len(y)
    trees = []
    outside = np.zeros((n_trees, n), bool)
    for at in range(n_trees):
        times = np.bincount(rng.integers(n, size=min(n, MOST_IN_BAG)), minlength=n)
        outside[at] = times == 0
        inside = np.flatnonzero(times)
        tree = ExtraTreeRegressor(
            max_features=share,
            min_samples_leaf=min(leaf, max(1, n // 8)),
            random_state=int(rng.integers(1 << 31)),
        )
        tree.fit(x[inside], y[inside], times[inside] * weight[inside], check_input=False)
        trees.append(tree.tree_)
    return _flatten(trees, outside, x)


def _flatten(trees: list, outside: np.ndarray, x: np.ndarray) -> Forest:  # type: ignore[type-arg]
    sizes = np.array([tree.node_count for tree in trees])
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    own = np.arange(sizes.sum())
    first = np.repeat(roots, sizes)
    left, right = (
        np.concatenate([getattr(tree, side) for tree in trees])
        for side in ("children_left", "children_right")
    )
    leaf = left < 0
    forest = Forest(
        roots,
        np.where(leaf, 0, np.concatenate([tree.feature for tree in trees])).astype(np.int32),
        np.where(leaf, own, left + first).astype(np.int32),
        np.where(leaf, own, right + first).astype(np.int32),
        np.concatenate([tree.threshold for tree in trees]).astype(np.float32),
        np.concatenate([tree.value[:, 0, 0] for tree in trees]),
        np.maximum(np.concatenate([tree.impurity for tree in trees]), 0.0),
        max(tree.max_depth for tree in trees),
        outside,
        np.zeros(0),
        np.zeros(0),
    )
    return _with_out_of_bag(forest, x)


def _with_out_of_bag(forest: Forest, x: np.ndarray) -> Forest:
    from dataclasses import replace

    leaves = forest.leaves(x)
    seen = forest.outside.T.astype(float)
    none = seen.sum(axis=1) == 0  # in every bag: few trees, or few rows; then all trees have to answer
    seen[none] = 1.0
    count = seen.sum(axis=1)
    values = forest.value[leaves]
    mean = (values * seen).sum(axis=1) / count
    between = ((values - mean[:, None]) ** 2 * seen).sum(axis=1) / count
    within = (forest.spread[leaves] * seen).sum(axis=1) / count
    return replace(forest, out_of_bag=mean, out_of_bag_variance=between + within)
