"""Covering arrays: complete, small, repeatable; and whom a cold start labels."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product

import numpy as np
import pytest

from evo.value.covering import cold_start, cover_of, covering_array, few_levels, two_sided


def held(rows: Sequence[Mapping[str, object]], strength: int = 2) -> set[tuple[tuple[str, object], ...]]:
    """Every combination of choices of `strength` slots in some row."""
    return {combined for row in rows for combined in combinations(sorted(row.items()), strength)}


def space(n_slots: int, n_levels: int) -> dict[str, list[str]]:
    return {f"s{slot}": [f"c{level}" for level in range(n_levels)] for slot in range(n_slots)}


def every(levels: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    return [dict(zip(levels, row, strict=True)) for row in product(*levels.values())]


@pytest.mark.parametrize(
    ("n_slots", "n_levels", "strength", "most"),
    [(4, 5, 2, 30), (10, 3, 2, 18), (3, 2, 2, 5), (1, 4, 1, 4), (6, 3, 3, 52), (20, 2, 2, 12)],
)
def test_every_combination_is_there_and_few_rows_do(
    n_slots: int, n_levels: int, strength: int, most: int
) -> None:
    levels = space(n_slots, n_levels)
    for seed in range(2):
        rows = covering_array(levels, strength, rng=np.random.default_rng(seed))
        assert len(held(rows, strength)) == len(list(combinations(levels, strength))) * n_levels**strength
        assert len(rows) <= most


def test_only_what_is_valid_and_all_of_that() -> None:
    levels = space(4, 4)

    def valid(row: Mapping[str, object]) -> bool:
        return not (row["s0"] == "c0" and row["s1"] in ("c1", "c2")) and (row["s2"], row["s3"]) != (
            "c3",
            "c3",
        )

    rows = covering_array(levels, valid=valid, rng=np.random.default_rng(1))
    assert all(valid(row) for row in rows)
    assert held(rows) == held([row for row in every(levels) if valid(row)])


def test_a_pair_that_hardly_any_row_can_hold_is_found() -> None:
    levels = space(5, 3)

    def valid(row: Mapping[str, object]) -> bool:
        return (row["s0"], row["s1"]) != ("c0", "c0") or [row[f"s{i}"] for i in (2, 3, 4)] == ["c2"] * 3

    rows = covering_array(levels, valid=valid, rng=np.random.default_rng(0))
    assert held(rows) == held([row for row in every(levels) if valid(row)])


def test_nothing_valid_is_no_row() -> None:
    assert covering_array(space(3, 2), valid=lambda row: False, rng=np.random.default_rng(0)) == []


def test_the_same_generator_gives_the_same_rows() -> None:
    one, same, other = (covering_array(space(5, 3), rng=np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert one == same
    assert one != other


def test_numbers_come_in_few_levels() -> None:
    assert few_levels(0.0, 1.0) == (0.0, 0.5, 1.0)
    assert few_levels(1, 100, log=True) == pytest.approx((1, 10, 100))
    assert few_levels(2, 2) == (2.0,)
    rows = covering_array(
        {"memory": ["a", "b"], "memory.size": few_levels(1, 9)}, rng=np.random.default_rng(0)
    )
    assert len(rows) == 6
    with pytest.raises(ValueError, match="low <= high"):
        few_levels(2, 1)


@pytest.mark.parametrize(
    ("levels", "strength"), [({"a": []}, 1), ({"a": ["x", "x"]}, 1), ({"a": ["x"]}, 2), ({"a": ["x"]}, 0)]
)
def test_what_cannot_be_covered_is_refused(levels: Mapping[str, Sequence[str]], strength: int) -> None:
    with pytest.raises(ValueError, match=r"must be|needs choices"):
        covering_array(levels, strength, rng=np.random.default_rng(0))


def test_a_pool_is_covered_by_few_of_its_members() -> None:
    rng = np.random.default_rng(0)
    pool = [row for row in every(space(4, 4)) if rng.random() < 0.5]
    pool[7] = {"s0": "only here"}
    chosen = cover_of(pool, np.random.default_rng(1))

    def filled(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        return [{slot: row.get(slot, "") for slot in space(4, 4)} for row in rows]

    assert 7 in chosen
    assert held(filled([pool[at] for at in chosen])) == held(filled(pool))
    assert len(chosen) <= 26
    assert cover_of([], rng) == []


def test_half_are_expected_to_be_good_and_half_to_be_bad() -> None:
    mean, std = np.array([0.0, 5.0, -5.0, 1.0, 0.0]), np.array([0.0, 0.1, 0.1, 0.0, 3.0])
    assert two_sided(mean, std, 0.0, 4) == [1, 2, 3, 0]
    assert two_sided(mean, std, 2.0, 2) == [4, 2]
    assert sorted(two_sided(mean, std, 1.0, 99)) == [0, 1, 2, 3, 4]


def test_a_cold_start_takes_the_cover_and_then_both_ends() -> None:
    truth = np.arange(40.0)
    told: list[int] = []
    asked: list[int] = []

    def predict(some: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(told))
        return truth[list(some)], np.ones(len(some))

    sizes = list(cold_start([20, 5, 33], 40, [2, 7, 400], told.extend, predict, batch=4))
    assert sizes[0] == [20, 5]
    assert sizes[1] == [20, 5, 33, 39, 0, 38, 1]
    assert sorted(sizes[2]) == list(range(40))
    assert told == sizes[2]
    assert asked[0] == 3
