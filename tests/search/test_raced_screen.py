"""A value model beside a race: what it is graded by."""

import dataclasses

import numpy as np

from evo.search.gate import Gate
from evo.search.looks import laps
from evo.search.population import Node
from evo.search.racing import Race
from evo.search.screen import Screen
from evo.testing.search import ONE_STAGE
from evo.types import Candidate, Evaluation, OperatorShare, Proposal

from .oracle import Oracle

N_CASES = 40


def graded(seed: int, skill: float) -> dict[str, Gate]:
    """Gates that are told of 120 candidates all that is true, what a race lets one know, and who finished."""
    rng, counts = np.random.default_rng(seed), laps(N_CASES)
    race, hard = Race(counts), rng.normal(size=N_CASES)
    gates = {name: Gate() for name in ("truth", "race", "finished")}
    for index in range(120):
        quality = rng.normal()
        predicted = skill * quality + np.sqrt(1 - skill**2) * rng.normal()
        scores = 0.5 * quality + hard + rng.normal(size=N_CASES)
        truth = estimate = float(scores.mean())
        gates["truth"].tell(predicted, truth)
        for lap, n in enumerate(counts):
            if not race.climbs(index, lap, scores[:n]):
                if n < N_CASES:
                    estimate = race.means(scores[:n])[1]
                else:
                    gates["finished"].tell(predicted, truth)
                break
        gates["race"].tell(predicted, estimate)
    return gates


def bounds(skill: float) -> dict[str, float]:
    runs = [graded(seed, skill) for seed in range(20)]
    return {name: float(np.mean([run[name].bound for run in runs])) for name in runs[0]}


def test_estimates_of_who_was_stopped_show_skill_that_those_who_finish_are_too_few_to_show() -> None:
    found = bounds(0.7)
    assert found["truth"] > found["race"] > 0.6 * found["truth"]
    assert found["finished"] < 0.2 * found["truth"]


def test_estimates_of_who_was_stopped_make_no_skill_out_of_noise() -> None:
    assert bounds(0.0)["race"] < 0.02


def test_an_estimate_is_learnt_from_and_is_nobodys_best_score() -> None:
    plan = dataclasses.replace(ONE_STAGE, frontier=4, operators={"change": OperatorShare()})
    screen = Screen(0, plan, Oracle(lambda name: 1.0, 0.1, first=1))
    nodes = []
    for number, name in enumerate(("first", "stopped", "third")):
        made = Proposal(number, "change", candidate=Candidate(name, {}))
        nodes.append(Node(number, name, number + 1, "change", (), False))
        screen.proposed(made, nodes[-1])
    screen.judged(nodes[0], Evaluation("first", plan.stages[-1], 1, "ok", 1.0))
    n = screen.gate.n
    screen.stopped(nodes[1], Evaluation("stopped", plan.stages[-1], 1, "ok", 5.0))
    screen.judged(nodes[2], Evaluation("third", plan.stages[-1], 1, "ok", 2.0))
    assert screen.gate.n == n + 2
    assert [one.best for one in screen.outlooks()][-1] == 1.0
