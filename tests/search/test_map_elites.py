from collections.abc import Callable
from typing import Any

import pytest

from evo.errors import ConfigError
from evo.roles import Search
from evo.search.grid import RECENT
from evo.search.map_elites import MapElites
from evo.testing import SearchContract
from evo.types import Steering
from tests.search.telling import PLAN, TWO_STAGES, drawn, tell


class TestMapElites(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: MapElites(run_seed=run_seed)


class TestDeclaredMetrics(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: MapElites(
            run_seed=run_seed, metrics=["length", "unheard_of"], bins=3, greed=0.0, curiosity=0.9
        )


def by_width(widths: list[float | None], scores: list[float] | None = None, **settings: Any) -> MapElites:
    """Candidates with a metric ``width``; their scores rise unless given."""
    search = MapElites(0, PLAN, **{"metrics": ["width"], "bins": 4, **settings})
    for number, width in enumerate(widths):
        score = float(number) if scores is None else scores[number]
        tell(search, number, score, metrics={} if width is None else {"width": width})
    return search


def best(search: MapElites) -> dict[int, str]:
    return {cell.place[0]: cell.candidate for cell in search.grid()}


EVEN = {"ranges": {"width": (0, 4)}}


def test_each_cell_keeps_its_best_and_of_equal_ones_the_newest() -> None:
    search = by_width([0.5, 0.6, 1.5, 1.6, 2.5, 2.6], [5, 1, 1, 5, 3, 3], **EVEN)
    assert best(search) == {0: "c0", 1: "c3", 2: "c5"}


def test_fixed_ranges_have_even_places_and_nothing_is_outside() -> None:
    search = by_width([-9.0, 0.9, 1.0, 3.9, 99.0], **EVEN)
    assert best(search) == {0: "c1", 1: "c2", 3: "c4"}
    assert [cell.labels for cell in search.grid()] == [("below 1",), ("1 to 2",), ("from 3",)]


def test_borders_follow_what_was_found() -> None:
    search = by_width([float(n) for n in range(64)])
    assert [cell.labels[0] for cell in search.grid()] == ["below 16", "16 to 32", "32 to 48", "from 48"]
    for number in range(64, 192):
        tell(search, number, 0.0, metrics={"width": 1000.0 + number})
    assert search.grid()[-1].labels[0].startswith("from 11")
    assert "c63" in best(search).values()  # the best of all is never lost


def test_a_candidate_without_the_metric_has_a_cell_of_its_own() -> None:
    search = by_width([1.0, None, 3.0, None], **EVEN)
    assert best(search) == {-1: "c3", 1: "c0", 3: "c2"}
    assert search.grid()[0].labels == ("missing",)


def test_a_slot_of_a_design_is_an_axis() -> None:
    search = MapElites(0, PLAN, metrics=["design.memory"], bins=3)
    for number, memory in enumerate(("none", "window", "graph", "tree", "window")):
        tell(search, number, float(number), f'{{"slots": {{"memory": "{memory}"}}}}', file="design.json")
    tell(search, 5, 0.0, "print()")
    cells = {cell.labels[0]: cell.candidate for cell in search.grid()}
    assert cells == {"missing": "c5", "none": "c0", "window": "c4", "graph or tree": "c3"}


def test_without_metrics_size_and_structure_are_the_axes() -> None:
    search = MapElites(0, PLAN, ranges={"text.characters": (0, 80), "text.structure": (0, 8)})
    tell(search, 0, 1.0, "x" * 25)
    tell(search, 1, 2.0, "for i in x:\n    if i: return\n")
    tell(search, 2, 3.0, '{"slots": {"a": "none", "b": {"use": "y", "n": 3}}}', file="design.json")
    assert {cell.candidate: cell.place for cell in search.grid()} == {
        "c0": (2, 0),
        "c1": (2, 3),
        "c2": (5, 1),
    }


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"greed": 0.0, "curiosity": 0.0}, {"c0": 0.25, "c1": 0.25, "c2": 0.25, "c3": 0.25}),
        ({"greed": 1.0, "curiosity": 0.0}, {"c0": 0.03, "c1": 0.09, "c2": 0.24, "c3": 0.64}),
    ],
)
def test_draws_are_even_over_cells_or_by_score(
    settings: dict[str, float], expected: dict[str, float]
) -> None:
    counts = drawn(by_width([0.5, 1.5, 2.5, 3.5], **EVEN, **settings), 1500)
    assert {name: counts[name] / 1500 for name in expected} == pytest.approx(expected, abs=0.05)


def test_curiosity_favours_parents_whose_children_were_kept() -> None:
    search = by_width([0.5, 1.5], [9.0, 9.0], **EVEN, greed=0.0, curiosity=1.0)
    for number in range(2, 12):
        tell(search, number, 0.0, parents=(f"c{number % 2}",), metrics={"width": 1.2 if number % 2 else 0.2})
    tell(search, 12, 0.0, parents=("c0",), metrics={"width": 2.5})
    tell(search, 13, None, parents=("c1",))
    cells = {cell.candidate: (cell.children, cell.kept) for cell in search.grid()}
    assert cells == {"c0": (7, 2), "c1": (6, 0), "c12": (0, 0)}  # c1 was made from c0, too
    counts = drawn(search, 900)
    assert counts["c12"] > counts["c0"] > counts["c1"]


def test_only_what_passed_the_last_stage_enters() -> None:
    search = MapElites(0, TWO_STAGES, metrics=["width"])
    for number in range(3):
        tell(search, number, 5.0, stage="few", metrics={"width": 1.0})
    tell(search, 0, None, stage="all")
    assert search.grid() == []
    assert set(drawn(search, 20)) == {"c1", "c2"}
    tell(search, 1, 1.0, stage="all", metrics={"width": 1.0})
    assert set(drawn(search, 20)) == {"c1"}


def test_a_veto_is_heeded_and_the_next_best_takes_the_cell() -> None:
    search = by_width([0.5, 0.6, 0.7, 1.5], **EVEN)
    search.tell(Steering("no", target="c2", action="veto"))
    assert best(search) == {0: "c1", 1: "c3"}
    assert set(drawn(search)) == {"c1", "c3"}


def test_what_is_remembered_is_bounded() -> None:
    search = by_width([float(n * 7919 % 1000) for n in range(700)], bins=8)
    assert len(search.grid()) == 8
    assert len(search._grid._recent) == RECENT
    assert search.grid()[-1].score > 400


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bins": 0}, r"search\.bins must be at least 1, got 0"),
        ({"bins": 33}, r"search\.bins must give at most 1024 cells, got 33 .*search\.bins=32"),
        ({"greed": 1.5}, r"search\.greed must be from 0 to 1, got 1\.5"),
        ({"greed": 0.7, "curiosity": 0.4}, r"search\.curiosity must be from 0 to 0\.3, got 0\.4"),
        ({"metrics": "length"}, r"search\.metrics must be a list of different names, got 'length'"),
        ({"metrics": ["a", "a"]}, r"search\.metrics must be a list of different names"),
        ({"metrics": ["text.charaters"]}, r"Did you mean 'text.characters'"),
        ({"ranges": {"width": (0, 1)}}, r"search\.ranges names 'width', which is none of search\.metrics"),
        (
            {"metrics": ["a"], "ranges": {"a": (1, 1)}},
            r"search\.ranges\.a must be the lowest and the highest",
        ),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        MapElites(0, **settings)
