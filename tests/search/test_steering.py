"""A person's word: a veto and a pin. Advice is the operators' business."""

from collections.abc import Callable

import pytest

from evo.roles import Search
from evo.search.adaptive import Adaptive
from evo.search.best_of_n import BestOfN
from evo.search.greedy import Greedy
from evo.search.islands import Islands
from evo.search.map_elites import MapElites
from evo.search.pareto import Pareto
from evo.search.pins import LASTS
from evo.search.top_k import TopK
from evo.search.uniform import Uniform
from evo.types import Candidate, Evaluation, OperatorShare, Plan, Proposal, Steering

PLAN = Plan(n_seeds=2, operators={"llm": OperatorShare(1.0, 1, ("m",), n_inspirations=3)}, frontier=1000)
SEARCHES: list[Callable[[], Search]] = [
    lambda: Uniform(0, PLAN),
    lambda: BestOfN(0, PLAN),
    lambda: Greedy(0, PLAN),
    lambda: TopK(0, PLAN, k=2),
    lambda: Islands(0, PLAN, n_islands=2, part_after=2, migration_every=3),
    lambda: Islands(0, PLAN, n_islands=2, part_after=2, migration_every=3, parents="adaptive"),
    lambda: Adaptive(0, PLAN),
    lambda: MapElites(0, PLAN),
    lambda: Pareto(0, PLAN),
]
by_search = pytest.mark.parametrize("make", SEARCHES)
VETO, PIN = (Steering("", "someone", "c1", action) for action in ("veto", "pin"))


def tell(search: Search, number: int, score: float) -> None:
    operator = "seed" if number < PLAN.n_seeds else "llm"
    search.tell(Proposal(number, operator, (), Candidate(f"c{number}", {}), model="m" * (number > 1)))
    search.tell(Evaluation(f"c{number}", "search", score=score))


def filled(search: Search) -> Search:
    """Two seeds, of which c1 is the best of all, and a few more."""
    for number, score in enumerate((1.0, 9.0, 2.0, 3.0, 4.0, 5.0)):
        tell(search, number, score)
    return search


def named(search: Search, n: int = 100) -> set[str]:
    return {name for task in search.ask(n) for name in (*task.parents, *task.inspirations)}


@by_search
def test_a_vetoed_candidate_is_never_shown_or_built_upon(make: Callable[[], Search]) -> None:
    before, after, twice = make(), filled(make()), filled(make())
    assert "c1" in named(filled(make()))
    before.tell(VETO)  # before the candidate is known
    filled(before)
    for search in (after, twice, twice):
        search.tell(VETO)
    for search in (before, after, twice):
        assert "c1" not in named(search)
        for number in range(300, 330):
            tell(search, number, float(number % 3))
        assert "c1" not in named(search)


@pytest.mark.parametrize("make", [SEARCHES[0], SEARCHES[2], SEARCHES[3], SEARCHES[4]])
def test_a_pin_makes_a_parent_of_a_fifth_of_the_next_tasks(make: Callable[[], Search]) -> None:
    search, plain = filled(make()), filled(make())
    pin = Steering("", "someone", "c2", "pin")  # the second worst
    search.tell(pin)
    parents = [task.parents for task in search.ask(40)]
    without = [task.parents for task in plain.ask(40)]
    assert [p for n, p in enumerate(parents, 6) if n % 5 == 0] == [("c2",)] * 8
    assert [p for n, p in enumerate(parents, 6) if n % 5] == [p for n, p in enumerate(without, 6) if n % 5]
    for number in range(6, 6 + LASTS):
        search.tell(Proposal(number, "llm", (), status="invalid", model="m"))
        plain.tell(Proposal(number, "llm", (), status="invalid", model="m"))
    search.tell(pin)  # the same word told again
    assert search.ask(40) == plain.ask(40)


def test_pins_take_turns_and_one_that_cannot_be_a_parent_is_passed_over() -> None:
    search = filled(Greedy(0, PLAN))
    tell(search, 6, 0.0)
    search.tell(Proposal(7, "llm", (), Candidate("c7", {}), model="m"))
    search.tell(Evaluation("c7", "search", status="invalid"))
    for name in ("c2", "c7", "c3", "nobody"):
        search.tell(Steering("", "someone", name, "pin"))
    parents = [task.parents[0] for task in search.ask(40) if task.number % 5 == 0]
    assert set(parents) == {"c2", "c3"}
    assert parents.count("c2") == parents.count("c3")


def test_best_of_n_heeds_no_pin() -> None:
    pinned = filled(BestOfN(0, PLAN))
    pinned.tell(Steering("", "someone", "c5", "pin"))
    assert pinned.ask(40) == filled(BestOfN(0, PLAN)).ask(40)


def test_advice_and_edits_change_no_decision() -> None:
    told = filled(Greedy(0, PLAN))
    for action in ("advice", "edit"):
        told.tell(Steering("try a hexagon", "someone", "c2", action))  # type: ignore[arg-type]
    assert told.ask(40) == filled(Greedy(0, PLAN)).ask(40)
