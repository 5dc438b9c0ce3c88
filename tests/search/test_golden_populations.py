"""Groups, grids and fronts against golden files made by a slow reference."""

import json
from typing import Any

import pytest

from evo.roles import Search
from evo.search.adaptive import Adaptive, AdaptiveRule
from evo.search.front import crowding_distances
from evo.search.map_elites import MapElites
from evo.search.pareto import Pareto
from evo.search.weights import adaptive_weights, robust_z, temperature
from tests.search import reference_populations as reference

GOLDEN: dict[str, Any] = json.loads(reference.GOLDEN.read_text())


def told(search: Any) -> Any:
    for event in reference.journal():
        search.tell(event)
    return search


def test_the_golden_file_is_what_the_reference_gives() -> None:
    assert json.loads(json.dumps(reference.golden())) == GOLDEN


@pytest.mark.parametrize(("name", "expected"), GOLDEN["robust_z"].items())
def test_robust_z(name: str, expected: list[float]) -> None:
    assert robust_z(reference.SCORES[name]) == pytest.approx(expected)


def test_distances() -> None:
    ((names, expected),) = GOLDEN["distances"].items()
    group = told(Adaptive(0, reference.PLAN, group=9))._group
    assert [f"c{n}" for n in names[1:].split("-")] == [node.id for node in group.members()]
    assert group.distances().ravel().tolist() == pytest.approx([one for row in expected for one in row])


@pytest.mark.parametrize(("size", "expected"), GOLDEN["likeness"].items())
def test_likeness(size: str, expected: Any) -> None:
    found = told(Adaptive(0, reference.PLAN, group=int(size)))._group.likeness()
    assert found.diversity == pytest.approx(expected[0])
    assert found.novelty == pytest.approx(expected[1])


@pytest.mark.parametrize(("size", "expected"), GOLDEN["adaptive"].items())
def test_adaptive_weights(size: str, expected: dict[str, float]) -> None:
    group = told(Adaptive(0, reference.PLAN, group=int(size)))._group
    rule, found = AdaptiveRule(0.2, 1.1, 1.5), group.likeness()
    tau = temperature(rule.diversity(group), rule.sharpest, rule.flattest)
    weights = adaptive_weights([node.score for node in group.members()], found.novelty, tau, rule.novelty)
    shares = [weight / sum(weights) for weight in weights]
    assert dict(zip([node.id for node in group.members()], shares, strict=True)) == pytest.approx(expected)


@pytest.mark.parametrize(("bins", "expected"), GOLDEN["cells"].items())
def test_cells(bins: str, expected: dict[str, str]) -> None:
    search: Search = MapElites(0, reference.PLAN, metrics=["text.characters", "spread"], bins=int(bins))
    cells = told(search).grid()
    assert {",".join(map(str, cell.place)): cell.candidate for cell in cells} == expected


def test_front() -> None:
    rows = told(Pareto(0, reference.PLAN)).front()
    assert sorted(row.id for row in rows) == sorted(GOLDEN["front"])
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)


def test_crowding() -> None:
    assert crowding_distances(reference.POINTS) == pytest.approx([float(room) for room in GOLDEN["crowding"]])
