"""Any sequence of legal events, in any order, with repeats: no error, and the rules hold."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.roles import Search
from evo.search.adaptive import Adaptive
from evo.search.best_of_n import BestOfN
from evo.search.greedy import Greedy
from evo.search.islands import Islands
from evo.search.map_elites import MapElites
from evo.search.pareto import Pareto
from evo.search.top_k import TopK
from evo.search.uniform import Uniform
from evo.types import Candidate, Evaluation, Event, OperatorShare, Plan, Proposal, Reply, Status

PLAN = Plan(
    n_seeds=2,
    stages=("few", "all"),
    keep=(0.5, 1.0),
    operators={"change": OperatorShare(1.0, 1), "cross": OperatorShare(1.0, 2)},
    frontier=5,
    max_attempts=2,
)
MODELS = dataclasses.replace(
    PLAN,
    operators={
        **PLAN.operators,
        "diff": OperatorShare(1.0, 1, models=("big", "small"), n_inspirations=2),
        "fix": OperatorShare(1.0, 1, models=("small",), repairs=True),
        "start": OperatorShare(1.0, 1, models=("big",)),
    },
    bandit=True,
    limits={"usd": 1.0},
    cold_start=2,
    starter="start",
)
NAMES = [f"c{n}" for n in range(8)]

names = st.sampled_from(NAMES)
models = st.sampled_from(["", "big", "small"])


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    number, name = draw(st.integers(0, 12)), draw(names)
    parents = tuple(draw(st.lists(names, max_size=2)))
    status = draw(st.sampled_from(["ok", "ok", "ok", "duplicate", "crashed", "lost"]))
    candidate = Candidate(name, {}, parents) if status in ("ok", "duplicate") else None
    operator = draw(st.sampled_from(["change", "diff", "fix", "start"])) if number > 1 else "seed"
    return Proposal(number, operator, parents, candidate, status, model=draw(models))


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    return Reply(
        draw(st.integers(0, 14)),
        draw(st.integers(0, 1)),
        draw(st.sampled_from(["propose", "fix", "judge"])),
        "big",
        "key",
        "text",
        operator=draw(st.sampled_from(["diff", "fix", "start", "gone"])),
        parents=tuple(draw(st.lists(names, max_size=2))),
        inspirations=tuple(draw(st.lists(names, max_size=2))),
        repairs=draw(st.sampled_from(["", *NAMES])),
        asked=draw(models),
    )


@st.composite
def evaluations(draw: st.DrawFn) -> Evaluation:
    status: Status = draw(st.sampled_from(["ok", "ok", "ok", "invalid", "lost"]))
    score = float(draw(st.integers(-2, 2))) if status == "ok" else None
    stage = draw(st.sampled_from(["few", "all", "holdout"]))
    return Evaluation(draw(names), stage, draw(st.integers(1, 3)), status, score)


events = st.lists(proposals() | evaluations() | replies(), max_size=60)

MAKES: list[Callable[[], Search]] = [
    lambda: Uniform(1, PLAN),
    lambda: BestOfN(1, PLAN),
    lambda: Greedy(1, PLAN),
    lambda: TopK(1, PLAN, k=2),
    lambda: Islands(1, PLAN, n_islands=3, migration_every=2, patience=2),
    lambda: Adaptive(1, PLAN, group=2),
    lambda: MapElites(1, PLAN, bins=2),
    lambda: Pareto(1, PLAN, capacity=4),
    lambda: BestOfN(1, MODELS),
    lambda: Greedy(1, MODELS),
    lambda: Islands(1, MODELS, n_islands=3, migration_every=2, patience=2),
    lambda: Islands(1, MODELS, n_islands=3, migration_every=2, patience=2, parents="adaptive"),
]


@pytest.mark.parametrize("make", MAKES)
@given(told=events, asks=st.lists(st.integers(0, 59), max_size=5))
@settings(max_examples=60, deadline=None)
def test_rules_hold(make: Callable[[], Search], told: list[Event], asks: list[int]) -> None:
    search, numbers, in_flight = make(), set[int](), set[tuple[str, str]]()
    may: set[str] = set()
    verdicts: dict[tuple[str, str], Evaluation] = {}
    for place, event in enumerate(told):
        search.tell(event)
        if isinstance(event, Proposal):
            numbers.add(event.number)
        elif isinstance(event, Evaluation) and event.stage != "holdout":
            if event.status != "lost":
                verdicts.setdefault((event.candidate, event.stage), event)
            in_flight.discard((event.candidate, event.stage))
        if place in asks:
            may = {name for (name, _), e in verdicts.items() if e.status == "ok"}
            tasks = search.ask(3)
            assert not numbers & {task.number for task in tasks}
            numbers |= {task.number for task in tasks}
            assert {name for task in tasks for name in (*task.parents, *task.inspirations)} <= may
            assert not {task.repairs for task in tasks} & may
            chosen = {(task.candidate, task.stage) for task in search.choose(2)}
            assert not chosen & in_flight
            assert not chosen & {key for key in verdicts if key[1] == "few"}
            in_flight |= chosen


@pytest.mark.parametrize("make", MAKES)
@given(told=events)
@settings(max_examples=40, deadline=None)
def test_the_same_events_told_again_change_nothing(make: Callable[[], Search], told: list[Event]) -> None:
    once, again = make(), make()
    for event in told:
        once.tell(event)
        again.tell(event)
        again.tell(event)
    assert again.ask(9) == once.ask(9)
    assert again.choose(9) == once.choose(9)
