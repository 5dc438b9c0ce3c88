import math
from collections.abc import Callable
from typing import Any

import pytest

from evo.champion import champion
from evo.errors import ConfigError
from evo.roles import Search
from evo.search.front import crowding_distances, dominates, winner_weights
from evo.search.pareto import Pareto
from evo.testing import SearchContract
from evo.types import Steering, Usage
from tests.search.telling import PLAN, TWO_STAGES, drawn, tell


class TestPareto(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Pareto(run_seed=run_seed)


class TestOnMetrics(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Pareto(
            run_seed=run_seed, objectives={"length": "min", "score": "max", "none": "max"}, capacity=6
        )


def timed(points: list[tuple[float, float]], **settings: Any) -> Pareto:
    """Candidates with a score and the seconds that judging took."""
    search = Pareto(0, PLAN, **settings)
    for number, (score, seconds) in enumerate(points):
        tell(search, number, score, seconds=seconds)
    return search


def ids(search: Pareto) -> list[str]:
    return [row.id for row in search.front()]


def test_who_is_beaten_on_all_objectives_is_no_parent() -> None:
    search = timed([(1, 1), (2, 2), (3, 3), (2, 3), (0.5, 1)])
    assert ids(search) == ["c2", "c1", "c0"]
    tell(search, 9, 3.0, seconds=1.0)
    assert ids(search) == ["c9"]
    assert set(drawn(search, 30)) == {"c9"}


def test_of_equal_ones_the_newest_stays() -> None:
    assert ids(timed([(1, 1), (1, 1), (1, 1)])) == ["c2"]


def test_the_most_crowded_goes_and_the_ends_stay() -> None:
    search = timed([(0, 0), (10, 10), (5, 5), (5.5, 5.5), (8, 8)], capacity=4)
    assert ids(search) == ["c1", "c4", "c2", "c0"]
    assert [row.crowding for row in search.front()] == pytest.approx([math.inf, 1.0, 1.6, math.inf])


def test_an_unknown_price_is_the_worst() -> None:
    search = Pareto(0, PLAN, objectives={"score": "max", "usd": "min"})
    tell(search, 0, 1.0, usage=Usage(usd=0.5))
    tell(search, 1, 1.0, usage=Usage(usd=None))
    tell(search, 2, 2.0, usage=Usage(usd=None))
    rows = {row.id: row.measures for row in search.front()}
    assert rows == {"c0": {"usd": 0.5}, "c2": {}}


def test_objectives_are_costs_and_metrics() -> None:
    search = Pareto(0, PLAN, objectives={"score": "max", "tokens": "min", "width": "max"})
    tell(search, 0, 1.0, usage=Usage(30, 4), metrics={"width": 2.0})
    tell(search, 1, 1.0, usage=Usage(30, 5), metrics={"width": 3.0})
    tell(search, 2, 1.0, usage=Usage(31, 4), metrics={"width": 2.0})
    assert {row.id: row.measures for row in search.front()} == {
        "c0": {"tokens": 34.0, "width": 2.0},
        "c1": {"tokens": 35.0, "width": 3.0},
    }


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"greed": 0.0, "crowding": 0.0}, [0.25, 0.25, 0.25, 0.25]),
        ({"greed": 1.0, "crowding": 0.0}, [0.64, 0.24, 0.09, 0.03]),
        ({"greed": 0.0, "crowding": 1.0}, [5 / 16, 1 / 16, 3 / 16, 7 / 16]),
    ],
)
def test_draws_are_even_by_score_or_by_room(settings: dict[str, float], expected: list[float]) -> None:
    search = timed([(9, 9), (8, 8), (3, 3), (0, 0)], **settings)
    counts = drawn(search, 1500)
    assert [counts[f"c{n}"] / 1500 for n in range(4)] == pytest.approx(expected, abs=0.05)


def test_only_what_passed_the_last_stage_enters() -> None:
    search = Pareto(0, TWO_STAGES)
    for number in range(3):
        tell(search, number, 5.0, stage="few", seconds=0.1)
    tell(search, 0, None, stage="all")
    assert search.front() == []
    assert set(drawn(search, 20)) == {"c1", "c2"}
    tell(search, 1, 1.0, stage="all", seconds=7.0)
    assert set(drawn(search, 20)) == {"c1"}
    assert search.front()[0].measures == {"seconds": 7.0}


def test_a_veto_is_heeded() -> None:
    search = timed([(1, 1), (2, 2), (3, 3)])
    search.tell(Steering("no", target="c2", action="veto"))
    assert ids(search) == ["c1", "c0"]
    assert set(drawn(search)) == {"c0", "c1"}


def test_the_front_is_what_a_champion_is_chosen_from() -> None:
    rows = timed([(1, 1), (1.95, 2), (2, 30)]).front()
    assert [champion(rows, rule).id for rule in ("best score", "least seconds within 0.1")] == ["c2", "c1"]  # type: ignore[union-attr]


def test_domination() -> None:
    assert dominates((1, 2), (1, 1))
    assert not dominates((1, 2), (1, 2))
    assert not dominates((1, 2), (2, 1))


def test_crowding_without_a_span_or_a_value() -> None:
    assert crowding_distances([]) == []
    assert crowding_distances([(1.0, 5.0), (1.0, 5.0)]) == [0.0, 0.0]
    assert crowding_distances([(1.0, -math.inf), (2.0, 0.0), (3.0, 4.0)]) == [math.inf, 2.0, math.inf]
    assert crowding_distances([(-1e308,), (0.0,), (1e308,)]) == [0.0, 0.0, 0.0]


def test_the_chances_of_a_tournament_sum_to_one() -> None:
    assert sum(winner_weights(7)) == pytest.approx(1)
    assert winner_weights(2) == [0.75, 0.25]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"objectives": {"seconds": "min"}}, r"search\.objectives must have score: max, got"),
        ({"objectives": {"score": "min"}}, r"search\.objectives must have score: max, got"),
        (
            {"objectives": {"score": "max", "usd": "minimum"}},
            r"search\.objectives\.usd must be max or min, got 'minimum'",
        ),
        ({"capacity": 3}, r"search\.capacity must be at least 4, got 3"),
        ({"greed": -0.1}, r"search\.greed must be from 0 to 1, got -0\.1"),
        ({"greed": 0.9, "crowding": 0.2}, r"search\.crowding must be from 0 to 0\.1, got 0\.2"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Pareto(0, **settings)
