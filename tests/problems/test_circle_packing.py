"""Circle packing: what the judge accepts, to the last bit, and what it refuses."""

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo import Evaluation, InvalidCandidate, plugins
from evo.errors import ProblemError
from tests.problems.judging import Jailed, jailed, source

Circle = tuple[float, float, float]


def judge(circles: Any, n: int | None = None) -> Evaluation:
    problem = plugins.problem("circle_packing", {"n": len(circles) if n is None else n})
    assert problem.score is not None
    return problem.score(circles)


def refuse(circles: Any, message: str, n: int | None = None) -> None:
    with pytest.raises(InvalidCandidate, match=message):
        judge(circles, n)


@pytest.fixture(scope="module")
def circles_26() -> Iterator[Jailed]:
    with jailed("circle_packing") as held:
        yield held


def test_the_seed_is_ok_and_scores_under_one(circles_26: Jailed) -> None:
    verdict = circles_26.judge_file("seed.py")
    assert verdict.status == "ok"
    assert verdict.score is not None
    assert 0.5 < verdict.score < 1.0
    assert set(verdict.metrics) == set(circles_26.problem.metrics)


@pytest.mark.parametrize(
    "answer",
    ["None", "'2.7'", "[[0.5, 0.5, 0.5]]", "float('nan')", "{'score': 3.0}", "np.ones((n, 3), bool)"],
)
def test_wrong_answers_are_invalid_in_the_jail(circles_26: Jailed, answer: str) -> None:
    verdict = circles_26.judge(f"import numpy as np\ndef solve(n):\n    return {answer}")
    assert verdict.status == "invalid"


def test_nested_lists_and_arrays_are_the_same_answer(circles_26: Jailed) -> None:
    seed = source(circles_26.problem, "seed.py")
    as_list = seed.replace("def solve(", "def arrays(") + "\n\ndef solve(n):\n    return arrays(n).tolist()\n"
    assert circles_26.judge(as_list).score == circles_26.judge(seed).score


@pytest.mark.parametrize("n", [1, 2, 7, 32, 60])
def test_the_seed_is_ok_for_other_numbers(n: int) -> None:
    problem = plugins.problem("circle_packing", {"n": n})
    seed = plugins.load_file(problem.folder / "seed.py")  # type: ignore[operator]
    assert judge(seed.solve(n)).score > 0  # type: ignore[operator]


def test_the_statement_and_the_record_follow_n() -> None:
    problem = plugins.problem("circle_packing", {"n": 32})
    assert "Pack 32 circles" in problem.statement
    assert problem.best_known == 2.939572
    assert plugins.problem("circle_packing", {"n": 33}).best_known is None


@pytest.mark.parametrize("n", [0, -3, 2.5, "26", True])
def test_a_senseless_n_is_refused(n: Any) -> None:
    with pytest.raises(ProblemError, match="whole number of circles"):
        plugins.problem("circle_packing", {"n": n})


# To the last bit.


def test_one_circle_may_fill_the_square() -> None:
    assert judge([(0.5, 0.5, 0.5)]).score == 0.5


@pytest.mark.parametrize(
    "pair",
    [
        [(0.25, 0.25, 0.25), (0.75, 0.25, 0.25)],
        [(0.25, 0.5, 0.125), (0.4375, 0.75, 0.1875)],  # 3-4-5: the centres are exactly 5/16 apart
        [(0.25, 0.25, 0.25), (0.25, 0.75, 0.25)],
    ],
)
def test_touching_circles_are_accepted_and_one_bit_more_is_not(pair: list[Circle]) -> None:
    (x, y, r), other = pair
    assert judge(pair).score == r + other[2]
    refuse([(x, y, math.nextafter(r, 1)), other], "overlap|sticks out")
    inside = [(0.5 + 0.5 * (v - 0.5) for v in circle[:2]) for circle in pair]  # away from the walls
    small = [(*centre, 0.5 * circle[2]) for centre, circle in zip(inside, pair, strict=True)]
    assert judge(small).score == 0.5 * (r + other[2])
    refuse([(*small[0][:2], math.nextafter(small[0][2], 1)), small[1]], "Circles 0 and 1 .* overlap")


@pytest.mark.parametrize("side", ["x - r < 0", "x \\+ r > 1", "y - r < 0", "y \\+ r > 1"])
def test_a_circle_may_touch_a_wall_but_not_by_one_bit_pass_it(side: str) -> None:
    place = 0.25 if "<" in side else 0.75
    x, y = (place, 0.5) if side.startswith("x") else (0.5, place)
    assert judge([(x, y, 0.25)]).score == 0.25
    refuse([(x, y, math.nextafter(0.25, 1))], side)


def test_a_sum_that_rounds_to_one_is_looked_at_exactly() -> None:
    x, r = 0.75, math.nextafter(0.25, 1)
    assert x + r == 1.0
    assert Fraction(x) + Fraction(r) > 1
    refuse([(x, 0.5, r)], "x \\+ r > 1")


def test_denormal_circles_are_compared_exactly() -> None:
    tiny = 5e-324
    assert judge([(0.0 + tiny, 0.5, tiny), (3 * tiny, 0.5, tiny)]).score == 2 * tiny
    refuse([(tiny, 0.5, tiny), (2 * tiny, 0.5, tiny)], "overlap")


def test_squares_that_underflow_are_compared_exactly() -> None:
    one, other = (9e-161, 9e-161, 8.8e-161), (2.22e-160, 1.89e-160, 7.7e-161)
    distance, radii = (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2, (one[2] + other[2]) ** 2
    assert distance > radii  # so it seems in floats
    assert not reference([one, other])
    refuse([one, other], "overlap")


@pytest.mark.parametrize(
    ("circles", "message"),
    [
        (None, "must return 1 circles"),
        ("circles", "must return 1 circles"),
        (2.635, "must return 1 circles"),
        ([], "must return 1 circles"),
        ({"x": 1}, "must return 1 circles"),
        ([[0.5, 0.5]], "three numbers x, y, radius"),
        ([[0.5, 0.5, 0.1, 0.1]], "three numbers x, y, radius"),
        ([0.5, 0.5, 0.1], "must return 1 circles"),
        ([0.5], "three numbers x, y, radius"),
        ([[0.5, 0.5, "0.1"]], "three floats"),
        ([[0.5, 0.5, True]], "three floats"),
        ([[0.5, 0.5, None]], "three floats"),
        ([[0.5, 0.5, [0.1]]], "three floats"),
        ([[0.5, 0.5, 0.1 + 0j]], "three floats"),
        ([[math.nan, 0.5, 0.1]], "centre of circle 0"),
        ([[0.5, math.inf, 0.1]], "centre of circle 0"),
        ([[0.5, -0.1, 0.05]], "centre of circle 0"),
        ([[0.5, 10**400, 0.1]], "centre of circle 0"),
        ([[0.5, 0.5, math.nan]], "radius of circle 0"),
        ([[0.5, 0.5, math.inf]], "radius of circle 0"),
        ([[0.5, 0.5, 10**400]], "radius of circle 0"),
        ([[0.5, 0.5, 0.0]], "radius of circle 0"),
        ([[0.5, 0.5, -0.0]], "radius of circle 0"),
        ([[0.5, 0.5, -0.1]], "radius of circle 0"),
        ([[0.5, 0.5, 0.6]], "sticks out"),
        ([[0, 1, 1]], "sticks out"),
        (np.zeros((1, 3), dtype=bool), "dtype bool"),
        (np.zeros((1, 3), dtype=complex), "dtype complex128"),
        (np.zeros((1, 3), dtype="S5"), "dtype"),
        (np.zeros((3,)), "must return 1 circles"),
        (np.array(0.5), "must return 1 circles"),
        (np.zeros((1, 3, 1)), "three floats"),
        (np.array([[0.5, 0.5, 0.1]], dtype=np.longdouble), "dtype"),
    ],
)
def test_wrong_answers_are_refused(circles: Any, message: str) -> None:
    refuse(circles, message, n=1)


def test_circles_on_the_same_spot_are_refused() -> None:
    refuse([(0.5, 0.5, 0.1)] * 3, "overlap")
    refuse([(0.5, 0.5, 0.4), (0.5, 0.5, 1e-9)], "overlap")


def test_a_message_is_short_whatever_was_returned() -> None:
    with pytest.raises(InvalidCandidate) as error:
        judge([["x" * 100_000] * 3], n=1)
    assert len(str(error.value)) < 200


def test_other_exact_dtypes_are_read_without_loss() -> None:
    circles = [(0.25, 0.25, 0.25), (0.75, 0.75, 0.25)]
    for dtype in ("<f4", ">f8", "<f2"):
        assert judge(np.array(circles, dtype=dtype)).score == 0.5


# Against a slow reference.


def reference(circles: list[Circle]) -> bool:
    """Whether `circles` is a packing, by the definition, in fractions."""
    exact = [tuple(Fraction(v) for v in circle) for circle in circles]
    inside = all(r > 0 and r <= x <= 1 - r and r <= y <= 1 - r for x, y, r in exact)
    return inside and all(
        (x - u) ** 2 + (y - v) ** 2 >= (r + s) ** 2
        for i, (x, y, r) in enumerate(exact)
        for u, v, s in exact[:i]
    )


def accepted(circles: list[Circle]) -> bool:
    try:
        judge(circles)
    except InvalidCandidate:
        return False
    return True


def moved(value: float, steps: int) -> float:
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.inf if steps > 0 else -math.inf)
    return value


@settings(max_examples=150, deadline=None)
@given(
    angle=st.floats(0.0, math.tau),
    r=st.floats(0.001, 0.1),
    s=st.floats(0.001, 0.1),
    steps=st.integers(-3, 3),
)
def test_nearly_touching_pairs_are_judged_like_fractions(
    angle: float, r: float, s: float, steps: int
) -> None:
    u = 0.5 + (r + s) * math.cos(angle)
    v = 0.5 + (r + s) * math.sin(angle)
    pair = [(0.5, 0.5, r), (u, v, moved(s, steps))]
    assert accepted(pair) == reference(pair)


@settings(max_examples=150, deadline=None)
@given(
    r=st.floats(1e-12, 0.5),
    across=st.booleans(),
    low=st.booleans(),
    steps=st.integers(-2, 2),
)
def test_circles_near_a_wall_are_judged_like_fractions(r: float, across: bool, low: bool, steps: int) -> None:
    place = moved(r if low else 1 - r, steps)
    circle = (place, 0.5, r) if across else (0.5, place, r)
    assert accepted([circle]) == reference([circle])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 16).map(lambda k: k / 16)] * 2, st.integers(1, 4)), min_size=1, max_size=5
    )
)
def test_circles_on_a_grid_are_judged_like_fractions(rows: list[tuple[float, float, int]]) -> None:
    circles = [(x, y, k / 16) for x, y, k in rows]
    assert accepted(circles) == reference(circles)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 12))
def test_the_score_is_the_sum_of_the_radii_in_any_order(seed: int, n: int) -> None:
    fit = plugins.load_file(plugins.root() / "problems/circle_packing/seed.py").fit
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0.01, 0.99, (n, 2))
    circles = np.column_stack([centres, fit(centres, rng.uniform(0.01, 0.2, n))])
    verdict = judge(circles)
    assert verdict.score == math.fsum(circles[:, 2])
    assert judge(circles[rng.permutation(n)]).score == verdict.score
    assert verdict.metrics["largest"] == circles[:, 2].max()


# The plain solver and the picture.


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_plain_solver_returns_a_valid_packing_when_it_is_told_to_stop(n: int) -> None:
    problem = plugins.problem("circle_packing", {"n": n})
    seen: list[float | None] = []

    def stop(score: float | None) -> bool:
        seen.append(score)
        return len(seen) == 3

    output = problem.baselines["slsqp_multistart"](np.random.default_rng(1), stop)  # type: ignore[operator]
    verdict = judge(output, n)
    assert seen == sorted(seen)  # type: ignore[type-var]
    assert verdict.score == pytest.approx(seen[-1], abs=1e-12)
    known = {
        1: 0.5,
        2: 1 / (2 + math.sqrt(2)) * 2,
        5: 1.0,
    }  # two in a diagonal; five: at least a grid of four
    assert verdict.score >= known[n] - 1e-9  # type: ignore[operator]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 20), swell=st.floats(0.1, 10))
def test_whatever_the_solver_ends_with_is_made_strictly_valid(seed: int, n: int, swell: float) -> None:
    solver = plugins.load_file(plugins.root() / "problems/circle_packing/multistart.py")
    rng = np.random.default_rng(seed)
    flat = np.concatenate([rng.uniform(0.0, 1.0, 2 * n), swell * rng.uniform(0.01, 0.1, n)])
    circles = solver.strictly_valid(flat)
    assert accepted(circles.tolist()) == bool((circles[:, 2] > 0).all())


def test_the_picture_is_well_formed_and_shows_every_circle() -> None:
    problem = plugins.problem("circle_packing")
    seed = plugins.load_file(problem.folder / "seed.py")  # type: ignore[operator]
    circles = seed.solve(26)
    assert problem.draw is not None
    root = ET.fromstring(problem.draw(circles.tolist()))
    name = "{http://www.w3.org/2000/svg}"
    drawn = root.findall(f".//{name}circle")
    assert root.tag == f"{name}svg"
    assert len(drawn) == 26
    assert f"{circles[:, 2].sum():.6f}" in (root.findtext(f"{name}title") or "")
    assert len({circle.get("fill") for circle in drawn}) > 1
    assert problem.draw(circles) == problem.draw(circles.tolist())


def test_equal_circles_can_be_drawn() -> None:
    problem = plugins.problem("circle_packing", {"n": 1})
    assert problem.draw is not None
    ET.fromstring(problem.draw([[0.5, 0.5, 0.5]]))
