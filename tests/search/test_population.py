from collections import Counter

import numpy as np

from evo.search.population import Node, Population


def judged(population: Population, name: str, stage: int, score: float) -> Node:
    node = population.find(name) or population.add(name, len(population), "change", (), False)
    population.passed(node, stage, score)
    return node


def test_only_the_furthest_stage_that_anybody_passed_gives_parents() -> None:
    population = Population(3)
    assert population.best(5) == []
    low = judged(population, "low", 0, 9.0)
    assert population.best(5) == [low]
    high = judged(population, "high", 0, 5.0)
    judged(population, "high", 1, 0.1)
    judged(population, "high", 2, -3.0)
    assert population.best(5) == [high]  # 9.0 of a cheap stage does not outrank -3.0 of the last
    population.failed(high, "invalid")
    assert population.best(5) == [low]


def test_a_failure_after_an_early_success_takes_the_candidate_out() -> None:
    population = Population(2)
    node = judged(population, "a", 0, 1.0)
    population.failed(node, "timeout")
    assert node.status == "timeout"
    assert len(population.parents) == 0


def test_ties_are_drawn_alike_and_the_better_always_come_first() -> None:
    population = Population(1)
    for name, score in (("a", 1.0), ("b", 3.0), ("c", 1.0), ("d", 2.0), ("e", 1.0)):
        judged(population, name, 0, score)
    counts: Counter[str] = Counter()
    for number in range(600):
        best = population.draw_best(np.random.default_rng(number), 3)
        assert [node.id for node in best[:2]] == ["b", "d"]
        counts[best[2].id] += 1
    assert set(counts) == {"a", "c", "e"}
    assert min(counts.values()) > 150


def test_uniform_draws_are_uniform_also_after_removals() -> None:
    population = Population(1)
    nodes = [judged(population, str(i), 0, float(i)) for i in range(8)]
    for node in nodes[:3]:
        population.failed(node, "lost")
    counts: Counter[str] = Counter()
    for number in range(1000):
        drawn = population.parents.draw(np.random.default_rng(number), 2)
        assert len({node.id for node in drawn}) == 2
        counts.update(node.id for node in drawn)
    assert set(counts) == {"3", "4", "5", "6", "7"}
    assert min(counts.values()) > 320  # 400 expected


def test_ancestors() -> None:
    population = Population(1)
    for name, parents in (("a", ()), ("b", ("a",)), ("c", ("b", "a")), ("d", ("unknown",))):
        population.add(name, 0, "change", parents, False)
    a, b, c, d = population.nodes
    assert (c.parents, d.parents) == ((1, 0), ())
    assert [population.ancestor(c, n) for n in (0, 1, 2, 9)] == [c, b, a, a]
