"""A search whose candidates race through the cases of its last stages."""

import dataclasses
from collections.abc import Callable, Iterable

import pytest

from evo.errors import ConfigError
from evo.roles import Search
from evo.search.top_k import TopK
from evo.testing import SearchContract
from evo.testing.search import THREE_STAGES, World
from evo.testing.world import unit
from evo.types import (
    Candidate,
    CaseResult,
    EvaluateTask,
    Evaluation,
    Event,
    OperatorShare,
    Plan,
    Proposal,
    Steering,
)

RACE = Plan(
    n_seeds=1,
    stages=("search@8", "search@16", "search"),
    keep=(1.0, 1.0, 1.0),
    race=(8, 16, 32),
    race_error=0.05,
    operators={"change": OperatorShare()},
    frontier=4,
)
LENGTH = dict(zip(RACE.stages, RACE.race, strict=True))


class RacingWorld(World):
    """Judges on as many cases as the stage has: a candidate's own level, and noise of case and candidate."""

    def judge(self, task: EvaluateTask) -> Evaluation:
        found = super().judge(task)
        if found.status != "ok":
            return found
        level = 2 * unit("level", task.candidate)
        cases = tuple(
            CaseResult(
                f"{i}", "ok", level + unit("hard", f"{i}") + 0.2 * unit("noise", f"{task.candidate}{i}")
            )
            for i in range(LENGTH[task.stage])
        )
        score = sum(case.score or 0.0 for case in cases) / len(cases)
        return dataclasses.replace(found, cases=cases, score=score)


class TestRaced(SearchContract):
    """The contract's own three stages, as a race."""

    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: TopK(run_seed=run_seed)

    def with_plan(self, search: Search, plan: Plan) -> Search:
        laps = tuple(4 << place for place in range(len(plan.stages)))
        return super().with_plan(search, dataclasses.replace(plan, race=laps))


def told(search: Search, events: Iterable[Event]) -> Search:
    for event in events:
        search.tell(event)
    return search


def journal(resumed: bool) -> list[Event]:
    """Of eighty turns, of a search that is made again from its journal now and then, or is not."""
    search, world = TopK(0, RACE), RacingWorld()
    for turn in range(80):
        if resumed and turn % 7 == 3:
            search = TopK(0, RACE)
            told(search, world.journal)
        world.step(search, 3)
    return world.journal


def test_a_race_that_is_resumed_makes_the_same_decisions() -> None:
    assert journal(resumed=True) == journal(resumed=False)


def test_the_race_saves_cases_and_keeps_the_best() -> None:
    judged = [event for event in journal(False) if isinstance(event, Evaluation) and event.status == "ok"]
    reached = [sum(event.stage == stage for event in judged) for stage in RACE.stages]
    assert reached[0] > 2 * reached[2] > 0
    best = max(unit("level", event.candidate) for event in judged if event.stage == "search@8")
    finished = max(unit("level", event.candidate) for event in judged if event.stage == "search")
    assert finished > best - 0.1


def test_tasks_of_a_race_go_on_from_the_stage_before_on_the_same_inputs() -> None:
    search, world = TopK(0, RACE), RacingWorld(failing=0, lost=0)
    seeds: dict[str, set[int]] = {stage: set() for stage in RACE.stages}
    for _ in range(30):
        for task in world.step(search, 3)[1]:
            seeds[task.stage].add(task.seed)
            assert task.after == {"search@8": "", "search@16": "search@8", "search": "search@16"}[task.stage]
    assert len(set.union(*seeds.values())) == 1


def lap(candidate: str, stage: str, value: float) -> Evaluation:
    cases = tuple(
        CaseResult(f"{i}", "ok", value + i % 3 + 0.1 * unit(candidate, f"{i}")) for i in range(LENGTH[stage])
    )
    return Evaluation(candidate, stage, 1, "ok", value, cases=cases)


def proposed(number: int, name: str) -> Proposal:
    return Proposal(number, "seed" if number == 0 else "change", candidate=Candidate(name, {}))


def waits(search: TopK) -> list[tuple[str, str]]:
    return [(task.candidate, task.stage) for task in search.choose(9)]


def test_who_is_stopped_early_is_no_parent_beside_who_finished() -> None:
    search = TopK(0, RACE)
    told(search, [proposed(0, "bar"), *(lap("bar", stage, 1.0) for stage in RACE.stages)])
    told(search, [proposed(1, "worse"), lap("worse", "search@8", 0.0)])
    told(search, [proposed(2, "better"), lap("better", "search@8", 2.0)])
    assert waits(search) == [("better", "search@16")]
    assert {parent for task in search.ask(4) for parent in task.parents} == {"bar"}


def test_a_vetoed_candidate_is_nobodys_bar() -> None:
    search = TopK(0, RACE)
    told(search, [proposed(0, "bar"), *(lap("bar", stage, 1.0) for stage in RACE.stages)])
    told(search, [proposed(1, "rival"), *(lap("rival", stage, 9.0) for stage in RACE.stages)])
    search.tell(Steering("no", target="rival", action="veto"))
    told(search, [proposed(2, "better"), lap("better", "search@8", 2.0)])
    assert waits(search) == [("better", "search@16")]


@pytest.mark.parametrize("race", [(8, 8, 16), (0, 8, 16), (1, 2, 3, 4)])
def test_laps_that_do_not_grow_or_are_too_many_are_refused(race: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="race of a plan is the growing number"):
        TopK(0, dataclasses.replace(THREE_STAGES, race=race))
