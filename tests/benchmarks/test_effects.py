"""True effects of components, on tables small enough to work them out by hand."""

import math
from itertools import product

import pytest

from tests.benchmarks.effects import Items, compared, row, run_of, table_of, true_effects
from tests.benchmarks.landscapes.agents import agents


def items(**slots: str | float) -> Items:
    return frozenset((name.replace("_", "."), value) for name, value in slots.items())


def test_an_effect_is_the_mean_over_pairs_that_differ_in_that_slot_alone() -> None:
    worth = {("none", "a"): 0.0, ("window", "a"): 1.0, ("none", "b"): 5.0, ("window", "b"): 9.0}
    table = {items(memory=one, planning=two): score for (one, two), score in worth.items()}
    assert true_effects(table, table, "memory", ["none", "window"]) == pytest.approx([-1.25, 1.25])
    often = [items(memory="none", planning="a"), *[items(memory="none", planning="b")] * 3]
    often += [items(memory="window", planning="a")]  # two backgrounds a and three b
    assert true_effects(table, often, "memory", ["none", "window"]) == pytest.approx([-1.4, 1.4])


def test_a_component_comes_with_the_parameters_that_stood_beside_it() -> None:
    table = {items(memory="none"): 0.0}
    table |= {items(memory="window", memory_size=size): size for size in (1.0, 2.0, 6.0)}
    run = [items(memory="none"), items(memory="window", memory_size=6.0)]
    assert true_effects(table, run, "memory", ["none", "window"]) == pytest.approx([-3, 3])
    assert true_effects(table, table, "memory", ["none", "window"]) == pytest.approx([-1.5, 1.5])
    assert true_effects(table, table, "memory.size", [1.0, 2.0, 6.0]) == pytest.approx([-2, -1, 3])


def test_levels_that_cannot_stand_in_the_same_place_are_told_apart_by_others() -> None:
    worth = {("none", "a"): 0.0, ("window", "a"): 1.0, ("window", "b"): 11.0, ("map", "b"): 13.0}
    table = {items(memory=one, planning=two): score for (one, two), score in worth.items()}
    found = true_effects(table, table, "memory", ["none", "window", "map"])
    assert found - found[0] == pytest.approx([0, 1, 3])
    assert found.sum() == pytest.approx(0)
    assert all(map(math.isnan, true_effects(table, table, "memory", ["none", "map"])))


def test_what_a_run_says_is_near_the_truth() -> None:
    landscape = agents()
    table = table_of(landscape)
    assert len(table) == 2506
    runs = [compared(run_of(landscape, "greedy", seed, 100, 0), table) for seed in range(2)]
    for kind, truth in product(("slot", "choice", "number"), ("near", "whole")):
        found = row(runs, kind, truth)  # type: ignore[arg-type]
        assert found["spearman"] > 0.6  # type: ignore[operator]
        assert found["wrong"] < 0.1  # type: ignore[operator]
    near = row(runs, "slot", "near")
    assert near["held"] > 0.8  # type: ignore[operator]
    heuristic = next(one for one in runs[0] if one.level == "heuristic")
    assert heuristic.near is not None
    assert heuristic.near > 0.15
