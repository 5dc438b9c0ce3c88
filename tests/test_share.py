"""Wilson's interval, against its published values, and how often it holds the truth."""

import math

import numpy as np
import pytest

from evo.share import Share


def test_the_interval_of_a_share() -> None:
    low, high = Share(0, 10).interval()
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-4)
    assert Share(5, 10).interval() == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert Share(10, 10).interval() == pytest.approx((1 - high, 1))
    assert Share(0, 0).interval() == (0, 1)
    assert math.isnan(Share(0, 0).value)


@pytest.mark.parametrize("p", [0.05, 0.5, 0.8])
def test_it_holds_the_truth_as_often_as_it_says(p: float) -> None:
    hits = np.random.default_rng(0).binomial(60, p, 4_000)
    held = [low <= p <= high for low, high in (Share(int(one), 60).interval() for one in hits)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)
