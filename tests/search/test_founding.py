import dataclasses
from collections import Counter

import pytest

from evo.search.founding import SKETCH, Pool, k_medoids, sketch
from evo.search.islands import Islands
from evo.search.population import Node
from evo.types import Candidate, CaseResult, Evaluation, Event, OperatorShare, Plan, Proposal

PLAN = Plan(
    n_seeds=1,
    operators={"change": OperatorShare(), "start": OperatorShare(models=("big", "small"))},
    frontier=1000,
    cold_start=5,
    starter="start",
)
LOOP = "def solve(n):\n    total = 0\n    for i in range(n):\n        total += {} * i\n    return total\n"
MATHS = "import math\n\ndef solve(n):\n    return math.floor(math.sqrt(n) ** {} + math.pi)\n"


def test_a_sketch_tells_alike_from_unlike() -> None:
    one, two, other = (sketch({"a.py": text}) for text in (LOOP.format(2), LOOP.format(3), MATHS.format(2)))
    assert len(one & two) > 2 * len(one & other)
    assert one == sketch({"a.py": LOOP.format(2).replace("    ", "\t")})
    assert len(sketch({"a": " ".join(map(str, range(5000)))})) == SKETCH
    assert sketch({"a": ""}) == sketch({"a": "", "b": ""})
    assert min(one) == 48129538  # the same on every machine


def test_two_heaps_are_found() -> None:
    places = [0.0, 10.0, 0.2, 10.1, 0.1, 9.9, 0.3]
    distances = [[abs(a - b) for b in places] for a in places]
    assert k_medoids(distances, 2) == [[0, 2, 4, 6], [1, 3, 5]]
    assert k_medoids(distances, 1) == [list(range(7))]
    assert sorted(map(len, k_medoids(distances, 7))) == [1] * 7
    assert k_medoids(distances, 9) == k_medoids(distances, 7)


def test_there_are_no_more_groups_than_there_are_different_members() -> None:
    assert k_medoids([[0.0, 0.0], [0.0, 0.0]], 2) == [[0, 1]]
    assert k_medoids([[0.0]], 3) == [[0]]
    assert k_medoids([], 3) == []


def test_centres_move_to_where_their_group_is() -> None:
    places = [0.0, 4.0, 5.0, 5.1, 5.2, 9.0]
    distances = [[abs(a - b) for b in places] for a in places]
    assert k_medoids(distances, 2) == [[0], [1, 2, 3, 4, 5]]


def node(number: int, score: float) -> Node:
    return Node(number, f"c{number}", number, "start", (), False, "ok", 0, score)


def grouped(*events: Event, n: int = 2, nodes: list[Node]) -> list[set[str]]:
    pool = Pool(PLAN)
    for event in events:
        pool.tell(event)
    return [{member.id for member in group} for group in pool.groups(nodes, n)]


def made(number: int, text: str = "") -> Proposal:
    return Proposal(number, "start", (), Candidate(f"c{number}", {"a.py": text}))


def test_structure_alone_groups_what_behaves_alike() -> None:
    texts = [LOOP.format(1), MATHS.format(1), LOOP.format(2), MATHS.format(2), LOOP.format(3)]
    nodes = [node(number, 1.0) for number in range(5)]
    assert grouped(*map(made, range(5), texts), nodes=nodes) == [{"c0", "c2", "c4"}, {"c1", "c3"}]


@pytest.mark.parametrize("by", ["metrics", "cases"])
def test_behaviour_alone_groups_what_looks_alike(by: str) -> None:
    values = [1.0, 90.0, 2.0, 91.0, 3.0]
    verdicts = []
    for number, value in enumerate(values):
        cases = (CaseResult("one", "ok", value), CaseResult("two", "crashed"))
        seen = {"metrics": {"length": value}} if by == "metrics" else {"cases": cases}
        verdicts.append(dataclasses.replace(Evaluation(f"c{number}", "search", score=1.0), **seen))
    nodes = [node(number, 1.0) for number in range(5)]
    groups = grouped(*map(made, range(5)), *verdicts, nodes=nodes)
    assert groups == [{"c0", "c2", "c4"}, {"c1", "c3"}]
    tempted = [dataclasses.replace(v, stage="holdout", metrics={"length": 0.0}) for v in reversed(verdicts)]
    assert grouped(*map(made, range(5)), *tempted, *verdicts, *tempted, nodes=nodes) == groups


def test_scores_are_behaviour() -> None:
    nodes = [node(number, score) for number, score in enumerate((1.0, 8.0, 1.0, 8.0, 8.0))]
    assert grouped(*map(made, range(5)), nodes=nodes) == [{"c1", "c3", "c4"}, {"c0", "c2"}]


# -- the islands ----------------------------------------------------------------------------------


def after_the_cold_start(n_islands: int, failing: tuple[int, ...] = ()) -> Islands:
    search = Islands(0, PLAN, n_islands=n_islands, migrants=0, patience=10_000, flattest=50, sharpest=50)
    search.tell(Proposal(0, "seed", (), Candidate("c0", {"a.py": LOOP.format(0)})))
    search.tell(Evaluation("c0", "search", score=0.0))
    tasks = search.ask(9)
    assert [(task.number, task.operator) for task in tasks] == [(n, "start") for n in range(1, 6)]
    for task in tasks:
        assert search.ask(9) == []
        text = (MATHS if task.number % 2 else LOOP).format(task.number)
        if task.number in failing:
            search.tell(Proposal(task.number, "start", task.parents, status="invalid"))
            continue
        search.tell(
            Proposal(task.number, "start", task.parents, Candidate(f"c{task.number}", {"a.py": text}))
        )
        score = 10.0 + task.number if task.number % 2 else task.number / 10
        search.tell(Evaluation(f"c{task.number}", "search", score=score))
    return search


def parents(search: Islands, n: int = 300) -> list[set[str]]:
    counts = [Counter[str]() for _ in range(search.n_islands)]
    for task in search.ask(n):
        counts[task.number % search.n_islands].update(task.parents)
    return [set(count) for count in counts]


def test_each_group_founds_an_island() -> None:
    assert parents(after_the_cold_start(2)) == [{"c1", "c3", "c5"}, {"c0", "c2", "c4"}]


def test_starters_that_failed_are_in_no_group() -> None:
    assert parents(after_the_cold_start(2, failing=(3, 5, 4))) == [{"c1"}, {"c0", "c2"}]


def test_where_there_are_too_few_groups_the_best_founds_the_island() -> None:
    found = parents(after_the_cold_start(4, failing=(1, 2, 4)))
    assert sorted(map(sorted, found)) == [["c0"], ["c3"], ["c5"], ["c5"]]


def test_what_comes_after_belongs_to_one_island() -> None:
    search = after_the_cold_start(2)
    search.tell(Proposal(100, "change", ("c1",), Candidate("late", {})))
    search.tell(Evaluation("late", "search", score=99.0))
    first, second = parents(search)
    assert "late" in first
    assert "late" not in second


def test_without_a_cold_start_nothing_is_sorted() -> None:
    plan = dataclasses.replace(PLAN, cold_start=0)
    search = Islands(0, plan, n_islands=2, part_after=3, migrants=0, flattest=50, sharpest=50)
    search.tell(Proposal(0, "seed", (), Candidate("c0", {})))
    search.tell(Evaluation("c0", "search", score=0.0))
    assert parents(search) == [{"c0"}, {"c0"}]
