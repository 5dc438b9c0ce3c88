import math

import pytest

from evo.types import Case, Evaluation, Problem, Proposal, Stage, Usage


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_is_finite(score: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Evaluation.ok(score)


def test_a_metric_is_finite() -> None:
    with pytest.raises(ValueError, match="metric 'size'"):
        Evaluation.ok(1.0, size=math.inf)


@pytest.mark.parametrize("score", [True, 1, "1"])
def test_a_record_takes_plain_floats_only(score: object) -> None:
    with pytest.raises(ValueError, match="finite float"):
        Evaluation(score=score)  # type: ignore[arg-type]


def test_a_failure_has_no_score() -> None:
    assert Evaluation.failed("timeout", "too slow").score is None
    with pytest.raises(ValueError, match="has score"):
        Evaluation(status="crashed", score=0.0)
    with pytest.raises(ValueError, match="has score"):
        Evaluation(status="ok")


def test_a_status_is_one_of_six() -> None:
    with pytest.raises(ValueError, match="status must be one of"):
        Evaluation(status="fine")  # type: ignore[arg-type]


def test_a_proposal_has_a_candidate_or_a_failure() -> None:
    with pytest.raises(ValueError, match="no candidate"):
        Proposal(0, "ast.mutate", status="ok")


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    assert (Usage(usd=1.0) + Usage(usd=None)).usd is None
    assert (Usage(tokens_in=1, usd=1.0) + Usage(tokens_in=2, usd=0.5)) == Usage(tokens_in=3, usd=1.5)


def test_stages_of_the_other_splits_exist_always() -> None:
    problem = Problem("p", "", ["seed.py"], stages=(Stage("quick", cases=2), Stage("full", timeout_s=7)))
    holdout = problem.stage("holdout")
    assert (holdout.split, holdout.timeout_s, holdout.cases) == ("holdout", 7, None)
    with pytest.raises(KeyError, match="no stage 'missing'"):
        problem.stage("missing")


def test_cases_may_be_made_by_a_function() -> None:
    assert Problem("p", "", [], cases=lambda: [Case("a")]).all_cases() == (Case("a"),)
