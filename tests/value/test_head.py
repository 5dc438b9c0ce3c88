"""A head: trees, and where there are few labels a Gaussian process beside them."""

import numpy as np

from evo.value.head import LEAST_STD, fit_head

from .test_likeness import encoded


def test_trees_that_all_say_the_same_are_not_taken_for_certain() -> None:
    rows = encoded(40, 0, 0)
    head = fit_head(rows, np.zeros(40), np.ones(40), np.random.default_rng(0), n_trees=8)
    mean, std = head.predict(rows, head.trees.predict(rows.trees))
    assert np.array_equal(mean, np.zeros(40))
    assert np.array_equal(std, np.full(40, LEAST_STD))
