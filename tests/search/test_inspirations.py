from collections import Counter

import numpy as np
import pytest

from evo.search.inspirations import BEST, inspirations
from evo.search.population import Node, Population


def judged(population: Population, name: str, score: float, *parents: str) -> Node:
    node = population.add(name, len(population), "change", parents, False)
    population.passed(node, 0, score)
    return node


def shown(population: Population, parents: list[Node], n: int, draws: int = 200) -> Counter[str]:
    found: Counter[str] = Counter()
    for number in range(draws):
        chosen = inspirations(population, parents, n, np.random.default_rng(number))
        names = [node.id for node in chosen]
        assert len(set(names)) == len(names) <= n
        assert not {node.id for node in parents} & set(names)
        found.update(names)
    return found


def test_another_family_is_shown_before_a_sibling() -> None:
    population = Population(1)
    for family in "ab":
        judged(population, family, 1.0)
        for child in range(3):
            judged(population, f"{family}{child}", 2.0, family)
    parent = population.nodes[1]
    assert parent.id == "a0"
    assert all(name.startswith("b") for name in shown(population, [parent], 1))


def test_of_strangers_those_with_another_score_are_shown() -> None:
    population = Population(1)
    parent = judged(population, "parent", 3.0)
    for name, score in (("same", 3.0), ("other", 2.9), ("alike", 3.0)):
        judged(population, name, score)
    assert set(shown(population, [parent], 1)) == {"other"}


def test_they_are_unlike_each_other_too() -> None:
    population = Population(1)
    parent = judged(population, "parent", 5.0)
    for family in "abc":
        judged(population, family, 1.0)
    for child in range(3):
        judged(population, f"a{child}", 4.0 + child / 10, "a")
    for number in range(100):
        first, second = inspirations(population, [parent], 2, np.random.default_rng(number))
        assert first.id[0] != second.id[0]


def test_only_the_best_are_shown_and_of_equally_unlike_ones_the_better_more() -> None:
    population = Population(1)
    parent = judged(population, "parent", 1e6)
    for number in range(100):
        judged(population, f"c{number}", float(number))
    found = shown(population, [parent], 2, draws=600)
    ranked = [f"c{number}" for number in range(99, 99 - BEST, -1)]
    assert set(found) <= set(ranked)
    assert sum(found[name] for name in ranked[:5]) > sum(found[name] for name in ranked[5:])


def test_neither_failed_ones_nor_more_than_there_are() -> None:
    population = Population(1)
    parent, good, bad = (judged(population, name, 1.0) for name in ("parent", "good", "bad"))
    population.failed(bad, "timeout")
    assert set(shown(population, [parent], 3)) == {"good"}
    assert inspirations(population, [parent, good], 3, np.random.default_rng(0)) == []
    assert inspirations(Population(1), [], 3, np.random.default_rng(0)) == []


def test_the_cost_does_not_grow_with_the_population(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = Counter[int]()
    best = Population.best

    def counted(population: Population, n: int) -> list[Node]:
        found = best(population, n)
        looked_at[len(population)] += len(found)
        return found

    monkeypatch.setattr(Population, "best", counted)
    for size in (100, 5000):
        population = Population(1)
        parent = judged(population, "first", 0.0)
        for number in range(1, size):
            judged(population, f"c{number}", float(number), f"c{number - 1}" if number > 1 else "first")
        inspirations(population, [parent], 3, np.random.default_rng(0))
    assert looked_at[100] == looked_at[5000]
