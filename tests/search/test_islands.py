import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest

from evo.errors import ConfigError
from evo.roles import Search
from evo.search.island import CAPACITY
from evo.search.islands import Islands
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE
from evo.types import Candidate, Evaluation, OperatorShare, Proposal


class TestIslands(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Islands(n_islands=2, run_seed=run_seed)


class TestOneIsland(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Islands(n_islands=1, run_seed=run_seed)


class TestManyIslands(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Islands(
            n_islands=5, part_after=3, migration_every=7, migrants=3, patience=4, run_seed=run_seed
        )


PLAN = dataclasses.replace(ONE_STAGE, n_seeds=1, frontier=1000, operators={"change": OperatorShare()})
APART = {"n_islands": 2, "part_after": 0, "migrants": 0, "patience": 10_000}


def tell(search: Islands, number: int, score: float | None, parents: tuple[str, ...] = ("c0",)) -> None:
    """Candidate ``c<number>``, judged at once; it belongs to island ``number % n_islands``."""
    operator = "change" if number else "seed"
    candidate = Candidate(f"c{number}", {}, parents if number else (), operator)
    search.tell(Proposal(number, operator, candidate.parents, candidate))
    status = "invalid" if score is None else "ok"
    search.tell(Evaluation(candidate.id, "search", 1, status, score))


def parents_by_island(search: Islands, n: int = 400) -> list[Counter[str]]:
    counts = [Counter[str]() for _ in range(search.n_islands)]
    for task in search.ask(n):
        counts[task.number % search.n_islands].update(task.parents[:1])
    return counts


def test_islands_build_on_their_own_and_share_the_seeds() -> None:
    search = Islands(0, PLAN, flattest=50, sharpest=50, **APART)
    for number in range(9):
        tell(search, number, float(number))
    even, odd = parents_by_island(search)
    assert set(even) == {"c0", "c2", "c4", "c6", "c8"}
    assert set(odd) == {"c0", "c1", "c3", "c5", "c7"}


def test_islands_part_once_progress_stalls() -> None:
    search = Islands(0, PLAN, flattest=50, sharpest=50, **{**APART, "part_after": 3})
    for number in range(4):
        tell(search, number, float(number))
    assert [set(counts) for counts in parents_by_island(search)] == [{"c0", "c1", "c2", "c3"}] * 2
    for number in (4, 5, 6):
        tell(search, number, None)  # three judgements without progress
    tell(search, 8, 8.0)
    even, odd = parents_by_island(search)
    assert "c8" in even
    assert "c8" not in odd


def test_migration_sends_the_best_to_the_next_island() -> None:
    search = Islands(
        0,
        PLAN,
        n_islands=3,
        part_after=0,
        migration_every=7,
        migrants=1,
        patience=10_000,
        sharpest=50,
        flattest=50,
    )
    for number in range(6):
        tell(search, number, float(number))
    assert all("c3" not in counts for counts in parents_by_island(search)[1:])
    tell(search, 1000, None)  # the seventh judgement
    first, second, third = parents_by_island(search)
    assert "c5" in first  # from the third island, over the end of the ring
    assert "c3" in second
    assert "c4" in third
    assert "c5" not in second


def test_a_starved_island_starts_again_from_the_best() -> None:
    search = Islands(0, PLAN, n_islands=2, part_after=0, migrants=0, patience=3)
    tell(search, 0, 0.0)
    for number in (1, 3, 5, 7):
        tell(search, number, 10.0 + number)
    for number in (2, 4):
        tell(search, number, -1.0)
    assert set(parents_by_island(search)[0]) <= {"c0", "c2", "c4"}
    tell(search, 6, None)
    (parent,) = parents_by_island(search)[0]
    assert parent in {"c1", "c3", "c5", "c7"}


def test_the_leading_island_never_starts_again() -> None:
    search = Islands(0, PLAN, n_islands=2, part_after=0, migrants=0, patience=3)
    tell(search, 0, 5.0)
    tell(search, 2, 6.0)
    for number in range(4, 40, 2):
        tell(search, number, 1.0)
    assert parents_by_island(search)[0]["c2"] > 0


def test_temperature_falls_with_diversity() -> None:
    share = {}
    for alike in (True, False):
        search = Islands(0, PLAN, n_islands=1, patience=10_000, sharpest=0.5, flattest=8.0)
        tell(search, 0, 0.0)
        for number in range(1, 8):
            tell(search, number, 1.0 if alike else float(number))
        share[alike] = max(parents_by_island(search)[0].values()) / 400
    assert share[True] < share[False]


def test_an_island_remembers_only_its_best() -> None:
    search = Islands(0, PLAN, n_islands=1, patience=10_000, sharpest=1e6, flattest=1e6)
    for number in range(3 * CAPACITY):
        tell(search, number, float(number))
    assert set(parents_by_island(search, 1000)[0]) == {f"c{n}" for n in range(2 * CAPACITY, 3 * CAPACITY)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_islands", 0),
        ("part_after", -1),
        ("migration_every", 0),
        ("migrants", -1),
        ("patience", 0),
        ("sharpest", 0.0),
        ("flattest", 0.1),
    ],
)
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(
        ConfigError, match=rf"search\.{name} must be at least .*, got {value}.*search\.{name}="
    ):
        Islands(0, **{name: value})  # type: ignore[arg-type]


def test_the_message_names_rule_value_and_way_out() -> None:
    with pytest.raises(ConfigError) as caught:
        Islands(run_seed=0, n_islands=0)
    message = "search.n_islands must be at least 1, got 0. Set it with: evo run search.n_islands=4"
    assert str(caught.value) == message
