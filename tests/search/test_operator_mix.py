from collections import Counter

import numpy as np
import pytest

from evo.errors import ConfigError
from evo.search.operator_mix import OperatorMix
from evo.types import OperatorShare

SHARES = {"a": OperatorShare(3.0, 1), "b": OperatorShare(1.0, 2), "off": OperatorShare(0.0, 1)}


def test_operators_are_drawn_by_weight() -> None:
    mix, rng = OperatorMix(SHARES), np.random.default_rng(0)
    counts = Counter(mix.draw(rng) for _ in range(2000))
    assert set(counts) == {("a", 1), ("b", 2)}
    assert counts["a", 1] / 2000 == pytest.approx(0.75, abs=0.04)


def test_only_those_that_the_parents_suffice_for() -> None:
    mix, rng = OperatorMix(SHARES), np.random.default_rng(0)
    assert {mix.draw_fitting(rng, 1) for _ in range(50)} == {("a", 1)}
    assert {mix.draw_fitting(rng, 2) for _ in range(50)} == {("a", 1), ("b", 2)}
    assert mix.draw_fitting(rng, 0) is None


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_out_of_range_is_refused(weight: float) -> None:
    with pytest.raises(ConfigError, match=r"operators\.a\.weight must be .*, got .*operators\.a\.weight=1"):
        OperatorMix({"a": OperatorShare(weight)})


def test_a_mix_of_nothing_is_refused() -> None:
    for shares in ({}, {"off": OperatorShare(0.0)}):
        with pytest.raises(ConfigError, match="operators needs one with a weight above 0"):
            OperatorMix(shares)
