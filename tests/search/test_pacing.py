"""As few candidates wait as keep the judges busy."""

import pytest

from evo.search.pacing import Pacing
from evo.types import Candidate, Evaluation, OperatorShare, Plan, Proposal


def paced(making_s: float, judging_s: float, plan: Plan) -> Pacing:
    pacing = Pacing(plan)
    for number in range(1, 9):
        child = Candidate(f"c{number}", {}, ("c0",), "change")
        pacing.tell(Proposal(number, "change", ("c0",), child, seconds=making_s))
        pacing.tell(Evaluation(f"c{number}", "search", 1, "ok", 1.0, seconds=judging_s))
    return pacing


@pytest.mark.parametrize(
    ("making_s", "judging_s", "expected"),
    [
        (1.0, 1.0, 128),  # as long to make as to judge
        (10.0, 1.0, 128),
        (0.0, 1.0, 128),  # unknown
        (0.01, 1.0, 11),
        (0.1, 1.0, 34),
        (0.001, 100.0, 9),
    ],
)
def test_what_waits_covers_the_time_to_make_more(making_s: float, judging_s: float, expected: int) -> None:
    assert paced(making_s, judging_s, Plan(frontier=128)).frontier == expected


def test_a_run_with_models_keeps_all_of_it() -> None:
    plan = Plan(frontier=34, operators={"llm.diff": OperatorShare(models=("big",)), "tune": OperatorShare()})
    assert paced(0.001, 1.0, plan).frontier == 34


def test_seeds_say_nothing() -> None:
    pacing = Pacing(Plan(frontier=10))
    pacing.tell(Proposal(0, "seed", (), Candidate("c0", {}), seconds=0.001))
    pacing.tell(Evaluation("c0", "search", 1, "ok", 1.0, seconds=1.0))
    assert pacing.frontier == 10
