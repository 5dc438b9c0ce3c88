"""Judged designs collected from events: each once, over all its stages, and never more than fit."""

import json

import numpy as np

from evo.types import Candidate, Evaluation, Event, Proposal, Usage
from evo.value.designs import Designs


def design(number: int) -> Candidate:
    return Candidate.of({"design.json": json.dumps({"slots": {"memory": f"c{number}"}})})


def told(*events: Event, most: int = 100) -> Designs:
    designs = Designs(("few", "all"), most)
    for event in events:
        designs.tell(event)
        designs.tell(event)
    return designs


def proposed(number: int) -> Proposal:
    return Proposal(number, "seed", candidate=design(number))


def test_a_design_counts_at_the_last_stage_with_all_that_it_cost() -> None:
    name = design(0).id
    early = Evaluation(name, "few", score=9.0, seconds=1.0, usage=Usage(usd=0.5))
    assert told(proposed(0), early).judged == []
    late = Evaluation(name, "all", score=2.0, seconds=3.0, usage=Usage(usd=0.25))
    (one,) = told(proposed(0), early, late).judged
    assert (one.slots, one.score, one.seconds, one.usd) == ({"memory": "c0"}, 2.0, 4.0, 0.75)
    unknown = Evaluation(name, "all", score=2.0, usage=Usage(usd=None))
    assert told(proposed(0), early, unknown).judged[0].usd is None


def test_a_failure_counts_at_any_stage_and_only_once() -> None:
    failed = Evaluation(design(0).id, "few", status="crashed")
    again = Evaluation(design(0).id, "few", 2, score=3.0)
    found = told(proposed(0), failed, again, Evaluation(design(0).id, "all", score=3.0))
    assert ([one.score for one in found.judged], found.n) == ([None], 1)


def test_what_does_not_steer_does_not_count() -> None:
    name = design(0).id
    for stage in ("selection", "holdout"):
        assert told(proposed(0), Evaluation(name, stage, score=1.0)).judged == []
        assert told(proposed(0), Evaluation(name, stage, status="crashed")).judged == []
    assert told(proposed(0), Evaluation(name, "all", status="lost")).judged == []
    assert told(Evaluation(name, "all", score=1.0)).judged == []
    program = Candidate.of({"main.py": "x = 1\n"})
    assert told(Proposal(0, "seed", candidate=program), Evaluation(program.id, "all", score=1.0)).n == 0


def test_of_many_an_even_spread_is_kept() -> None:
    events = [
        event for n in range(500) for event in (proposed(n), Evaluation(design(n).id, "all", score=float(n)))
    ]
    found = told(*events, most=50)
    assert found.n == 500
    assert 50 <= len(found.judged) <= 100
    scores = [one.score for one in found.judged if one.score is not None]
    assert set(np.diff(scores)) == {8.0}
    assert scores[0] < 8
    assert scores[-1] > 490
