import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from evo.errors import ConfigError
from evo.search.core import Core
from evo.search.greedy import Greedy
from evo.search.limits import at_least
from evo.types import Candidate, Evaluation, Event, Plan, Proposal, Status, Steering

STAGED = Plan(stages=("few", "all"), keep=(0.5, 1.0), frontier=10)


def proposed(number: int, parents: Sequence[str] = ()) -> Proposal:
    candidate = Candidate(f"c{number}", {}, tuple(parents))
    return Proposal(number, "change" if number else "seed", tuple(parents), candidate)


def judged(
    number: int, stage: str, score: float | None, status: Status = "ok", attempt: int = 1
) -> Evaluation:
    return Evaluation(f"c{number}", stage, attempt, status, score)


def after(*events: Event, plan: Plan = STAGED) -> Greedy:
    search = Greedy(0, plan)
    for event in events:
        search.tell(event)
    return search


SEEDED = (proposed(0), judged(0, "few", 1.0), judged(0, "all", 1.0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frontier": 0}, r"frontier of a plan must be at least 1, got 0.*Plan\(frontier="),
        ({"max_attempts": 0}, r"max_attempts of a plan must be at least 1, got 0"),
        ({"stages": ()}, "stages with different names.* got stages none"),
        ({"stages": ("few", "few")}, "got stages few, few"),
        ({"keep": (1.0,)}, r"shares \(1.0,\)"),
        ({"keep": (0.0, 1.0)}, r"keep of stage few must be above 0 and at most 1, got 0.0.*keep=0.25"),
        ({"keep": (0.5, 1.5)}, "keep of stage all must be above 0 and at most 1, got 1.5"),
        ({"operators": {}}, "operators needs one with a weight above 0, got none"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Greedy(0, dataclasses.replace(STAGED, **change))


def test_a_negative_run_seed_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"run\.seed must be at least 0, got -1"):
        Greedy(-1)


def test_nan_is_no_number_to_set_a_limit_with() -> None:
    with pytest.raises(ConfigError, match="got nan"):
        at_least("search.x", float("nan"), 0, example=1)


def test_a_candidate_stopped_early_does_not_outrank_one_that_went_on() -> None:
    search = after(*SEEDED, proposed(1, ["c0"]), judged(1, "few", 5.0), judged(1, "all", 0.5))
    search.tell(proposed(2, ["c0"]))
    search.tell(judged(2, "few", 4.0))  # second of three: above the kept half
    search.tell(proposed(3, ["c0"]))
    search.tell(judged(3, "few", 3.0))
    assert [task.candidate for task in search.choose(9)] == ["c2"]
    assert {task.parents for task in search.ask(9)} == {("c0",)}


def test_a_verdict_before_its_proposal_counts_once_that_comes() -> None:
    search = after(*SEEDED, judged(1, "all", 9.0), judged(1, "few", 9.0))
    assert {task.parents for task in search.ask(2)} == {("c0",)}
    search.tell(proposed(1, ["c0"]))
    assert search.choose(9) == []
    assert {task.parents for task in search.ask(2)} == {("c1",)}


def test_the_first_verdict_stands() -> None:
    search = after(*SEEDED, proposed(1, ["c0"]), judged(1, "few", 2.0), judged(1, "all", 2.0))
    search.tell(judged(1, "all", 7.0, attempt=2))
    search.tell(judged(1, "few", None, "crashed"))
    search.tell(judged(0, "all", 3.0, attempt=2))
    assert {task.parents for task in search.ask(3)} == {("c1",)}


def test_a_late_verdict_on_what_was_given_up_is_taken() -> None:
    plan = dataclasses.replace(STAGED, stages=("all",), keep=(1.0,), max_attempts=1)
    search = after(proposed(0), judged(0, "all", 1.0), proposed(1, ["c0"]), plan=plan)
    search.tell(judged(1, "all", None, "lost"))
    assert search.choose(9) == []
    search.tell(judged(1, "all", 2.0, attempt=2))
    assert {task.parents for task in search.ask(3)} == {("c1",)}


def test_lost_attempts_are_counted_for_each_stage() -> None:
    search = after(*SEEDED, proposed(1, ["c0"]), judged(1, "few", None, "lost"))
    assert [(task.stage, task.attempt) for task in search.choose(9)] == [("few", 2)]
    search.tell(judged(1, "few", 2.0, attempt=2))
    assert [(task.stage, task.attempt) for task in search.choose(9)] == [("all", 1)]


def test_known_counts_what_was_told_on_search_stages() -> None:
    search = after(*SEEDED, judged(0, "holdout", 1.0), *SEEDED, proposed(1, ["c0"]))
    assert [task.known for task in search.ask(1)] == [2]
    search.tell(judged(1, "few", None, "lost"))
    search.tell(judged(1, "few", None, "lost"))
    assert [task.known for task in search.ask(1)] == [3]


def test_numbers_go_on_after_the_highest_told() -> None:
    search = after(*SEEDED, proposed(7, ["c0"]))
    assert [task.number for task in search.ask(2)] == [8, 9]
    search.tell(proposed(30, ["c0"]))
    assert [task.number for task in search.ask(2)] == [31, 32]


def test_steering_is_no_evaluation() -> None:
    search = after(*SEEDED, Steering("try a hexagon", target="c0", action="advice"))
    assert [task.number for task in search.ask(1)] == [1]


def test_tell_names_the_candidate_that_is_judged_to_its_end() -> None:
    core = Core(0, STAGED)
    ends = [core.tell(event) for event in (*SEEDED, proposed(1, ["c0"]), judged(1, "few", None, "invalid"))]
    assert [node and node.id for node in ends] == [None, None, "c0", None, "c1"]
    assert core.tell(judged(1, "few", None, "invalid")) is None
