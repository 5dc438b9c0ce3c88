import dataclasses
from collections.abc import Callable
from itertools import pairwise

import pytest

from evo.errors import ConfigError
from evo.roles import Search
from evo.search.adaptive import Adaptive
from evo.search.history import CAPACITY
from evo.search.islands import Islands
from evo.testing import SearchContract
from evo.types import Candidate, Proposal, Steering
from tests.search.telling import PLAN, TWO_STAGES, drawn, tell

LOOP = "for i in range({}):\n    total += i * weights[i]\n"
OTHER = "return sorted(values, key=lambda pair: (pair.size, -pair.{}))\n"


class TestAdaptive(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Adaptive(run_seed=run_seed)


class TestSmallGroup(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Adaptive(run_seed=run_seed, group=2, sharpest=0.01, flattest=0.01)


class TestAdaptiveIslands(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Islands(
            run_seed=run_seed, n_islands=3, part_after=3, migration_every=7, patience=4, parents="adaptive"
        )


def filled(n: int = 8, text: Callable[[int], str] = LOOP.format, **settings: float) -> Adaptive:
    search = Adaptive(0, PLAN, **settings)  # type: ignore[arg-type]
    for number in range(n):
        tell(search, number, float(number), text(number))
    return search


def test_the_better_are_drawn_more_often() -> None:
    counts = drawn(filled(sharpest=1.0, flattest=1.0, novelty=0.0), 2000)
    assert counts["c7"] > counts["c5"] > counts["c2"] > counts["c0"] > 0


def test_only_the_best_few_are_parents() -> None:
    assert set(drawn(filled(30, group=5, sharpest=50, flattest=50))) == {f"c{n}" for n in range(25, 30)}


def test_a_varied_group_is_exploited_and_a_collapsed_one_explored() -> None:
    kinds = ["if {} in a: pass", "x = y[{}:]", "while f({}): g()", "print('{}', k)", "del z . w [ {} ]"]
    alike = filled(5, lambda n: "same text again", sharpest=0.1, flattest=5.0, novelty=0.0)
    varied = filled(5, lambda n: kinds[n].format(n), sharpest=0.1, flattest=5.0, novelty=0.0)
    assert alike.history()[-1].diversity < varied.history()[-1].diversity
    assert drawn(alike)["c4"] < drawn(varied)["c4"]


def test_behaviour_counts_as_much_as_structure() -> None:
    found = []
    for spread in (0.0, 1.0):
        search = Adaptive(0, PLAN)
        for number in range(6):
            tell(search, number, 1.0, "same text", metrics={"width": spread * number})
        found.append(search.history()[-1].diversity)
    assert found[0] == 0
    assert found[1] > 0.1


def test_the_odd_one_out_is_drawn_more_often() -> None:
    for strength, factor in ((0.0, 1.0), (4.0, 5 / 1.8)):
        search = Adaptive(0, PLAN, novelty=strength)
        for number in range(6):
            tell(search, number, 1.0, OTHER.format("x") if number == 3 else LOOP.format(9))
        counts = drawn(search, 1200)
        others = (1200 - counts["c3"]) / 5
        assert counts["c3"] / others == pytest.approx(factor, rel=0.25)


def test_designs_are_compared_by_their_slots() -> None:
    search = Adaptive(0, PLAN, novelty=9.0)
    for number, memory in enumerate(("window", "window", "graph", "window")):
        text = f'{{"slots": {{"memory": "{memory}", "planning": "none"}}}}'
        tell(search, number, 1.0, text, file="design.json")
    assert drawn(search).most_common(1)[0][0] == "c2"


def test_only_what_passed_the_last_stage_is_a_parent_once_something_did() -> None:
    search = Adaptive(0, TWO_STAGES)
    for number in range(4):
        tell(search, number, 100.0 + number, stage="few")
    tell(search, 0, None, stage="all")
    assert set(drawn(search, 50)) == {"c1", "c2", "c3"}
    assert search.history()[-1].members == 0
    tell(search, 1, 1.0, stage="all")
    tell(search, 2, None, stage="all")
    assert set(drawn(search, 50)) == {"c1"}


def test_a_veto_is_heeded() -> None:
    search = filled(4, sharpest=50, flattest=50)
    search.tell(Steering("no", target="c3", action="veto"))
    search.tell(Steering("no", target="c9", action="veto"))
    tell(search, 9, 9.0)
    assert set(drawn(search)) == {"c0", "c1", "c2"}


def test_scores_of_any_size_are_taken() -> None:
    search = Adaptive(0, PLAN, sharpest=1.0, flattest=1.0, novelty=0.0)
    for number, score in enumerate((1e308, -1e308, 5e-324, 0.0, 1e308)):
        tell(search, number, score)
    counts = drawn(search)
    assert counts["c0"] > counts["c2"] > counts["c1"]


def test_what_is_remembered_is_bounded() -> None:
    search = Adaptive(0, dataclasses.replace(PLAN, frontier=1), group=8)
    for number in range(3 * CAPACITY):
        tell(search, number, float(number % 50), LOOP.format(number))
    for number in range(3 * CAPACITY, 3 * CAPACITY + 2000):  # proposed and never judged, as if dropped
        search.tell(Proposal(number, "change", ("c0",), Candidate(f"c{number}", {"a.py": "x"}, ("c0",))))
    assert len(search._group) == 8
    assert len(search._dossiers) <= 32 + 1024
    assert len(search.history()) <= CAPACITY
    steps = [state.judged for state in search.history()]
    assert {b - a for a, b in pairwise(steps)} == {steps[0]}


def test_islands_draw_by_novelty_if_told_to() -> None:
    counts = {}
    for parents in ("rank", "adaptive"):
        search = Islands(0, PLAN, n_islands=1, parents=parents, novelty=9.0, sharpest=1.0, flattest=1.0)
        for number in range(6):
            tell(search, number, 1.0, OTHER.format("x") if number == 3 else LOOP.format(9))
        counts[parents] = drawn(search)["c3"]
    assert counts["adaptive"] > 2 * counts["rank"]


def test_islands_tell_how_varied_they_were() -> None:
    search = Islands(0, PLAN, n_islands=2, part_after=2, parents="adaptive")
    for number in range(8):
        tell(search, number, 1.0 if number > 3 else float(number), LOOP.format(number))
    states = search.history()
    assert {state.group for state in states if state.judged <= 4} == {0}
    assert {state.group for state in states if state.judged > 6} == {0, 1}
    assert all(0 <= state.diversity <= 1 and state.members > 0 for state in states)


@pytest.mark.parametrize(
    ("name", "value"), [("group", 1), ("sharpest", 0.0), ("flattest", 0.01), ("novelty", -1.0)]
)
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"search\.{name} must be at least .*, got {value}"):
        Adaptive(0, **{name: value})  # type: ignore[arg-type]


def test_an_unknown_parent_rule_is_refused_with_the_choices() -> None:
    with pytest.raises(
        ConfigError, match=r"search\.parents has no choice 'adaptve'. Did you mean 'adaptive'"
    ):
        Islands(0, parents="adaptve")
