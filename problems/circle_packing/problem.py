"""Circles in a square: as much radius as possible without overlap, judged exactly."""

import math
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from evo import Case, Evaluation, InvalidCandidate, Problem, Stage
from evo.errors import ProblemError
from evo.plugins import load

STATEMENT = """\
Pack {n} circles into the unit square so that the sum of their radii is as large as possible.

Write `solve(n)`, called with n = {n}. It returns an array or nested list of shape [{n}, 3]: the
centre x, the centre y and the radius of each circle, as floats. Every radius is above 0, every
circle lies inside the square (x - r >= 0, x + r <= 1, and the same for y), and no two circles
overlap; they may touch. The check is exact, in rational arithmetic on the floats as they are: a
circle that sticks out by the last bit is refused, so shrink computed radii by a factor such as
1 - 1e-12. The score is the sum of the radii. NumPy is there; there is no network, one thread, and
one second of time.
"""

BEST_KNOWN = {
    26: (
        2.635983,
        "Numaro 2026 (2.6359830853, strictly valid); AlphaEvolve, arXiv 2506.13131, B.12: 2.635",
    ),
    32: (2.939572, "TTT-Discover 2026 (2.939572); AlphaEvolve, arXiv 2506.13131, B.12: 2.937"),
}
"""Number of circles -> best published sum of radii and where it was published."""

CLEAR = 1e-14
"""Gap between squared distance and squared sum of radii, relative to their sum, beyond which rounding
cannot have changed their order: each of the two is off by less than 4 units of 1.1e-16."""

UNDERFLOW = 1e-290
"""The same, absolute: far above what is lost where squares fall below the smallest normal float."""


def make(n: int = 26) -> Problem:
    """The problem for `n` circles.

    Raises:
        ProblemError: `n` is not a whole number of at least 1.
    """
    if type(n) is not int or n < 1:
        raise ProblemError(f"circle_packing needs a whole number of circles, at least 1, got n={n!r}.")
    part = partial(load, near=Path(__file__).parent)
    best_known, source = BEST_KNOWN.get(n, (None, ""))
    return Problem(
        name="circle_packing",
        statement=STATEMENT.format(n=n),
        seeds=["seed.py"],
        score=partial(score, n=n),
        cases=[Case("square", inputs={"n": n})],
        stages=(Stage(timeout_s=1.0),),
        metrics={"smallest": "smallest radius", "largest": "largest radius"},
        best_known=best_known,
        best_known_source=source,
        draw=part("picture.py:draw"),
        baselines={"slsqp_multistart": partial(part("multistart.py:slsqp_multistart"), n=n)},
    )


def score(output: object, *, n: int) -> Evaluation:
    """The sum of the radii of `output`, if it is a packing.

    Raises:
        InvalidCandidate: it is not ``[n, 3]`` finite numbers, a radius is not positive, a circle leaves
            the square, or two overlap.
    """
    circles = _circles(output, n)
    _check_walls(circles)
    _check_pairs(circles)
    radii = circles[:, 2].tolist()
    return Evaluation.ok(math.fsum(radii), smallest=min(radii), largest=max(radii))


def _circles(output: object, n: int) -> np.ndarray:
    """`output` as ``[n, 3]`` float64, without loss: whatever does not fit exactly is refused."""
    if isinstance(output, np.ndarray):
        if output.dtype.kind not in "fiu" or output.itemsize > 8:
            raise InvalidCandidate(f"solve() must return float64 numbers, it returned dtype {output.dtype}.")
        output = output.tolist()
    if not isinstance(output, list | tuple) or len(output) != n:
        raise InvalidCandidate(f"solve() must return {n} circles, it returned {_what(output)}.")
    rows = [_circle(index, row) for index, row in enumerate(output)]
    return np.array(rows, dtype=np.float64)


def _circle(index: int, row: Any) -> tuple[float, ...]:
    if not isinstance(row, list | tuple) or len(row) != 3:
        raise InvalidCandidate(f"Circle {index} must be the three numbers x, y, radius; it is {_what(row)}.")
    for value in row:
        if type(value) not in (float, int):
            raise InvalidCandidate(f"Circle {index} must be three floats; one of them is {_what(value)}.")
    x, y, r = row
    # Comparisons of Python numbers are exact and work for huge integers, too; NaN fails all of them.
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise InvalidCandidate(
            f"The centre of circle {index} is not inside the unit square: {_what([x, y])}."
        )
    if not 0 < r <= 1:
        raise InvalidCandidate(f"The radius of circle {index} must be above 0 and at most 0.5: {_what(r)}.")
    return float(x), float(y), float(r)


def _what(value: object) -> str:
    """A short description of something unexpected, of bounded length."""
    if isinstance(value, list | tuple):
        if len(value) > 3 or any(isinstance(item, list | tuple | dict) for item in value):
            return f"a list of {len(value)}"
        return "[" + ", ".join(_what(item) for item in value) + "]"
    if isinstance(value, float | bool) or value is None:
        return repr(value)
    if isinstance(value, int) and value.bit_length() <= 64:
        return str(value)
    return f"of type {type(value).__name__}"


def _check_walls(circles: np.ndarray) -> None:
    x, y, r = circles.T
    for axis, values in (("x", x), ("y", y)):
        low, high = values < r, values + r > 1.0  # exact; and a rounded sum above 1 was above 1
        # A sum that rounds to exactly 1 may have been a little more.
        for i in np.flatnonzero(values + r == 1.0).tolist():
            high[i] = Fraction(float(values[i])) + Fraction(float(r[i])) > 1
        if low.any() or high.any():
            i = int(np.flatnonzero(low | high)[0])
            side = f"{axis} - r < 0" if low[i] else f"{axis} + r > 1"
            raise InvalidCandidate(
                f"Circle {i} sticks out of the square: {side} with {axis} = {values[i]!s}, r = {r[i]!s}. "
                "Move it inwards or shrink it."
            )


def _check_pairs(circles: np.ndarray) -> None:
    x, y, r = circles.T
    first, second = np.triu_indices(len(circles), 1)
    distance = (x[first] - x[second]) ** 2 + (y[first] - y[second]) ** 2
    radii = (r[first] + r[second]) ** 2
    gap = distance - radii
    unclear = np.flatnonzero(gap <= CLEAR * (distance + radii) + UNDERFLOW)
    for k in unclear[np.argsort(gap[unclear])]:  # the worst first, so that one exact look refuses it
        i, j = int(first[k]), int(second[k])
        if _overlap(circles[i], circles[j]):
            raise InvalidCandidate(
                f"Circles {i} and {j} (counted from 0) overlap: their centres are {math.sqrt(distance[k])} "
                f"apart, their radii sum to {r[i] + r[j]!s}. Move them apart or shrink them."
            )


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two circles share more than a point, exactly: floats are fractions."""
    x, y, r = (Fraction(value) for value in one.tolist())
    u, v, s = (Fraction(value) for value in other.tolist())
    return (x - u) ** 2 + (y - v) ** 2 < (r + s) ** 2
