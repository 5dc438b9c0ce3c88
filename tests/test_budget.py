import pytest

from evo.budget import Budget, Limits
from evo.errors import ConfigError
from evo.types import Candidate, Evaluation, Proposal, Usage

FREE = Usage()


def made(number: int, usage: Usage = FREE, status: str = "ok") -> Proposal:
    candidate = Candidate.of({"a.py": f"x = {number}"}) if status in ("ok", "duplicate") else None
    return Proposal(number, "op", candidate=candidate, status=status, usage=usage)  # type: ignore[arg-type]


def judged(score: float | None, stage: str = "search", status: str = "ok", gpu_s: float = 0.0) -> Evaluation:
    return Evaluation("c", stage, status=status, score=score, usage=Usage(gpu_s=gpu_s))  # type: ignore[arg-type]


def test_what_is_in_flight_is_reserved() -> None:
    budget = Budget(Limits(evaluations=10, proposals=20))
    for _ in range(4):
        budget.tell(judged(1.0))
    assert budget.allow_evaluations(in_flight=3) == 3
    assert budget.allow_evaluations(in_flight=9) == 0
    budget.tell(made(0))
    assert budget.allow_proposals(in_flight=2) == 17


def test_lost_evaluations_cost_nothing_and_closing_ones_are_counted_apart() -> None:
    budget = Budget(Limits(evaluations=2))
    budget.tell(judged(None, status="lost"))
    budget.tell(judged(1.0, stage="selection"))
    assert (budget.evaluations, budget.lost, budget.closing_evaluations) == (0, 1, 1)
    assert not budget.met


@pytest.mark.parametrize(
    ("limits", "events", "reason"),
    [
        (Limits(evaluations=1), [judged(None, status="invalid")], "evaluations budget of 1 spent"),
        (Limits(proposals=1), [made(0)], "proposals budget of 1 spent"),
        (Limits(tokens=100), [made(0, Usage(tokens_in=60, tokens_out=40))], "tokens budget of 100 spent"),
        (Limits(usd=0.5), [made(0, Usage(usd=0.5))], "usd budget of 0.5 spent"),
        (Limits(gpu_seconds=5), [judged(0.0, gpu_s=5.0)], "gpu_seconds budget of 5 spent"),
        (Limits(target=2.0), [judged(2.0)], "target 2 reached with 2"),
    ],
)
def test_the_first_limit_reached_ends_the_run(limits: Limits, events: list[object], reason: str) -> None:
    budget = Budget(limits)
    assert budget.met == budget.proposed_out == ""
    for event in events:
        budget.tell(event)  # type: ignore[arg-type]
    assert budget.met + budget.proposed_out == reason
    ends_at_once = reason.split(maxsplit=1)[0] in ("evaluations", "gpu_seconds", "target")
    assert bool(budget.met) == ends_at_once  # the others end proposing: what waits is still judged


def test_money_that_judging_spends_too_ends_the_run_at_once() -> None:
    budget = Budget(Limits(usd=0.5))
    budget.tell(Evaluation("a", "search", 1, "ok", 1.0, usage=Usage(usd=0.2)))
    budget.tell(made(0, Usage(usd=0.3)))
    assert (budget.met, budget.proposed_out) == ("usd budget of 0.5 spent", "")


def test_judging_that_asks_models_is_reserved_for_as_proposals_are() -> None:
    budget = Budget(Limits(evaluations=100, tokens=1000, usd=2.0))
    assert budget.allow_evaluations(in_flight=0) == 100  # nothing says that judging costs anything
    budget.tell(Evaluation("a", "search", 1, "ok", 1.0, usage=Usage(150, 50, 0.5)))
    assert budget.allow_evaluations(in_flight=0) == 3  # for $1.50
    assert budget.allow_evaluations(in_flight=2) == 1
    budget.tell(made(0, Usage(600, 50, 0.1)))
    assert budget.allow_evaluations(in_flight=0) == 1  # 150 tokens are left: they are spent
    assert budget.allow_evaluations(in_flight=1) == 0
    free = Budget(Limits(evaluations=100, tokens=1000))
    free.tell(judged(1.0))
    free.tell(made(0, Usage(2000, 0)))
    assert free.allow_evaluations(in_flight=0) == 99  # judging asks nobody


def test_a_target_at_another_stage_does_not_count() -> None:
    budget = Budget(Limits(target=2.0), search_stages=("quick", "full"))
    budget.tell(judged(3.0, stage="quick"))
    budget.tell(judged(3.0, stage="selection"))
    assert budget.met == ""
    budget.tell(judged(2.5, stage="full"))
    assert budget.met


def test_time_is_a_limit() -> None:
    now = [0.0]
    budget = Budget(Limits(seconds=10.0), elapsed=lambda: now[0])
    assert (budget.met, budget.seconds_left) == ("", 10.0)
    now[0] = 10.0
    assert budget.met == "seconds budget of 10 spent"


def test_money_is_reserved_at_the_average_price_and_one_at_a_time_while_it_is_unknown() -> None:
    budget = Budget(Limits(usd=1.0))
    assert budget.allow_proposals(in_flight=0) == 1
    assert budget.allow_proposals(in_flight=1) == 0
    budget.tell(made(0, Usage(usd=0.1)))
    assert budget.allow_proposals(in_flight=0) == 9
    assert budget.allow_proposals(in_flight=4) == 5


def test_a_run_that_finds_nothing_new_is_stalled() -> None:
    budget = Budget(Limits(stalled_after=3))
    for status in ("duplicate", "invalid", "duplicate"):
        assert budget.stalled == ""
        budget.tell(made(0, status=status))
    assert "no new candidate" in budget.stalled
    budget.tell(made(1))
    assert budget.stalled == ""


@pytest.mark.parametrize("name", ["evaluations", "seconds", "usd", "stalled_after"])
def test_a_limit_is_above_zero(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"budget\.{name} must be above 0"):
        Limits(**{name: 0})


def test_a_run_has_a_limit() -> None:
    with pytest.raises(ConfigError, match="at least one limit"):
        Limits(evaluations=None)
