"""Cap sets: the greedy construction, and what the judge accepts."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo import Evaluation, InvalidCandidate, plugins
from evo.errors import ProblemError
from tests.problems.judging import Jailed, jailed

Vector = tuple[int, ...]


def judge(vectors: Any, n: int) -> Evaluation:
    problem = plugins.problem("cap_set", {"n": n})
    assert problem.score is not None
    return problem.score(vectors)


def build(priority: Any, n: int) -> np.ndarray:
    built: np.ndarray = plugins.load_file(plugins.root() / "problems/cap_set/driver.py").drive(priority, n)
    return built


def on_a_line(a: Vector, b: Vector, c: Vector) -> bool:
    return all((x + y + z) % 3 == 0 for x, y, z in zip(a, b, c, strict=True))


def is_cap_set(vectors: list[Vector]) -> bool:
    """By the definition."""
    return len(set(vectors)) == len(vectors) and not any(
        on_a_line(*three) for three in itertools.combinations(vectors, 3)
    )


@pytest.fixture(scope="module")
def space() -> Iterator[Jailed]:
    with jailed("cap_set") as held:
        yield held


def test_the_seed_is_ok_and_gets_two_to_the_n(space: Jailed) -> None:
    verdict = space.judge_file("seed.py")
    assert (verdict.status, verdict.score, verdict.metrics) == ("ok", 256.0, {"size": 256.0})


def test_the_product_construction_gets_four_hundred(space: Jailed) -> None:
    assert space.judge_file("product.py").score == 400.0


def test_a_set_that_the_driver_did_not_build_counts_if_it_is_one(space: Jailed) -> None:
    """The driver runs beside the candidate, so only what comes back matters."""
    forge = (
        "import itertools, sys, numpy as np\n"
        "def priority(element, n):\n"
        "    sys._getframe(1).f_globals['drive'] = None\n"
        "    frame = sys._getframe(1)\n"
        "    while frame.f_code.co_name != 'drive':\n"
        "        frame = frame.f_back\n"
        "    frame.f_globals['np'].argsort = lambda *a, **k: np.arange(3 ** n)\n"
        "    frame.f_globals['np'].zeros = lambda *a, **k: type('Never', (), dict(\n"
        "        __getitem__=lambda s, k: False, __setitem__=lambda s, k, v: None))()\n"
        "    return 0.0\n"
    )
    verdict = space.judge(forge)
    assert verdict.status == "invalid"
    assert "on a line" in verdict.feedback


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("return None", "crashed"),
        ("return 'high'", "crashed"),
        ("return [1.0]", "crashed"),
        ("return 1 / 0", "crashed"),
    ],
)
def test_a_priority_that_is_no_number_fails_with_its_error(space: Jailed, body: str, status: str) -> None:
    verdict = space.judge(f"def priority(element, n):\n    {body}")
    assert verdict.status == status
    assert "Error" in verdict.feedback


@pytest.mark.parametrize("value", ["float('nan')", "float('inf')", "-float('inf')", "10.0 ** 300", "True"])
def test_any_number_is_a_priority(space: Jailed, value: str) -> None:
    assert space.judge(f"def priority(element, n):\n    return {value}").score == 256.0


@pytest.mark.parametrize("n", range(1, 10))
def test_every_dimension_has_a_problem_with_a_record_above_its_seed(n: int) -> None:
    problem = plugins.problem("cap_set", {"n": n})
    verdict = judge(build(lambda element, n: 0.0, n), n)
    assert verdict.score == 2.0**n
    assert problem.best_known is not None
    assert problem.best_known >= verdict.score


@pytest.mark.parametrize("n", [0, 10, -1, 8.0, "8", True])
def test_a_senseless_n_is_refused(n: Any) -> None:
    with pytest.raises(ProblemError, match="dimension n from 1 to 9"):
        plugins.problem("cap_set", {"n": n})


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (None, "a list of 1 to 9 vectors"),
        ("00", "a list of 1 to 9 vectors"),
        (9, "a list of 1 to 9 vectors"),
        ([], "a list of 1 to 9 vectors"),
        ({"0": 1}, "a list of 1 to 9 vectors"),
        ([[0, 0]] * 10, "a list of 1 to 9 vectors"),
        ([0, 1], "Vector 0 must be a list of 2"),
        (["01"], "Vector 0 must be a list of 2"),
        ([[0, 1], [0]], "Vector 1 must be a list of 2"),
        ([[0, 1, 2]], "Vector 0 must be a list of 2"),
        ([[0, 3]], "0, 1 and 2 only"),
        ([[0, -1]], "0, 1 and 2 only"),
        ([[0, 10**400]], "0, 1 and 2 only"),
        ([[0, 1.0]], "0, 1 and 2 only"),
        ([[0, True]], "0, 1 and 2 only"),
        ([[0, float("nan")]], "0, 1 and 2 only"),
        ([[0, None]], "0, 1 and 2 only"),
        ([[0, "1"]], "0, 1 and 2 only"),
        ([[0, 1], [1, 1], [0, 1]], "Vector 2, \\[0, 1\\], is there twice"),
        ([[0, 0], [1, 1], [2, 2]], "Vector 2, \\[2, 2\\], is on a line"),
        ([[0, 1], [0, 2], [1, 0], [0, 0]], "Vector 3, \\[0, 0\\], is on a line"),
        (np.zeros((1, 2)), "whole numbers of shape"),
        (np.zeros((1, 2), dtype=bool), "whole numbers of shape"),
        (np.zeros((1, 3), dtype=int), "whole numbers of shape"),
        (np.zeros(2, dtype=int), "whole numbers of shape"),
        (np.zeros((0, 2), dtype=int), "a list of 1 to 9 vectors"),
        (np.array([[0, 255]], dtype=np.uint8), "0, 1 and 2 only"),
        (np.array([["0", "1"]]), "whole numbers of shape"),
    ],
)
def test_wrong_answers_are_refused(vectors: Any, message: str) -> None:
    with pytest.raises(InvalidCandidate, match=message):
        judge(vectors, 2)


def test_the_whole_space_is_refused_quickly_in_the_largest_dimension() -> None:
    with pytest.raises(InvalidCandidate, match="on a line"):
        judge(list(itertools.product((0, 1, 2), repeat=9)), 9)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 2)] * n), min_size=1, max_size=9))
)
def test_sets_are_judged_by_the_definition(vectors: list[Vector]) -> None:
    n = len(vectors[0])
    if len(vectors) > 3**n:
        return
    try:
        assert judge(vectors, n).score == len(vectors)
    except InvalidCandidate:
        assert not is_cap_set(vectors)
    else:
        assert is_cap_set(vectors)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 4))
def test_the_construction_is_the_greedy_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    elements = list(itertools.product((0, 1, 2), repeat=n))
    values = dict(zip(elements, rng.integers(0, 5, len(elements)).tolist(), strict=True))
    expected: list[Vector] = []
    for element in sorted(elements, key=lambda e: -values[e]):
        if not any(on_a_line(a, b, element) for a, b in itertools.combinations(expected, 2)):
            expected.append(element)
    built = build(lambda element, n: values[element], n)
    assert [tuple(vector) for vector in built.tolist()] == expected
    assert judge(built, n).score == len(expected)
