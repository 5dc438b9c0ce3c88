"""Prices in shares of the run's limits."""

from fractions import Fraction

import pytest

from evo.search.costs import Costs
from evo.types import Evaluation, Proposal, Usage

LAP = Fraction(1, 8)
ASKED = Proposal(1, "diff", status="invalid", seconds=3.0, usage=Usage(30, 20, usd=0.5))
JUDGED = Evaluation("a", "main@4", 1, "ok", 1.0, seconds=5.0, usage=Usage(usd=0.0, gpu_s=2.0))


@pytest.mark.parametrize(
    ("limits", "asked", "judged"),
    [
        ({"evaluations": 100.0}, 0.0, 1 / 800),
        ({"proposals": 100.0}, 1 / 100, 0.0),
        ({"seconds": 600.0}, 3 / 600, 5 / 600),
        ({"tokens": 1000.0}, 50 / 1000, 0.0),
        ({"usd": 10.0}, 0.5 / 10, 0.0),
        ({"gpu_seconds": 20.0}, 0.0, 2 / 20),
        ({"evaluations": 100.0, "usd": 10.0, "tokens": 1000.0}, 0.1, 1 / 800),
    ],
)
def test_all_limits_count(limits: dict[str, float], asked: float, judged: float) -> None:
    costs = Costs(limits, {"main@4": LAP})
    assert costs.of(ASKED) == pytest.approx(asked)
    assert costs.of(JUDGED) == pytest.approx(judged)


def test_a_judgement_at_a_stage_without_a_share_is_a_whole_one() -> None:
    assert Costs({"evaluations": 100.0}).of(JUDGED) == pytest.approx(1 / 100)


def test_what_has_no_known_price_is_left_out() -> None:
    unpriced = Proposal(1, "diff", status="invalid", usage=Usage(30, 20, usd=None))
    assert Costs({"usd": 10.0}).of(unpriced) is None
    assert Costs({"usd": 10.0, "tokens": 1000.0}).of(unpriced) == pytest.approx(0.05)


def test_without_limits_nothing_costs() -> None:
    costs = Costs({"stalled_after": 20.0})
    assert not costs.limited
    assert costs.of(ASKED) == 0
