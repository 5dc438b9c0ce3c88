"""Cap sets: as many points of {0, 1, 2}^n as possible with no three on a line."""

from functools import cache, partial

import numpy as np

from evo import Case, Evaluation, InvalidCandidate, Problem, Stage
from evo.errors import ProblemError

STATEMENT = """\
Find a large cap set in dimension {n}: a set of vectors from {{0, 1, 2}}^{n} such that no three
different ones sum to the zero vector modulo 3 (no three lie on a line).

Write `priority(element, n)`, called once for each of the {count} elements with n = {n}. `element` is
a tuple of {n} numbers 0, 1 or 2. Return a float. The set is built greedily: elements are tried from
the highest priority down, equals in lexicographic order, and each is taken unless it lies on a line
with two that were taken before. The score is the size of the set.
"""

BEST_KNOWN = {1: 2, 2: 4, 3: 9, 4: 20, 5: 45, 6: 112, 7: 236, 8: 512, 9: 1082}
"""Dimension -> size of the largest cap set known. Source: Romera-Paredes et al., Nature 625 (2024), Fig. 4a."""

LARGEST_N = 9


def make(n: int = 8) -> Problem:
    """The problem in dimension `n`.

    Raises:
        ProblemError: `n` is not a whole number from 1 to 9.
    """
    if type(n) is not int or not 1 <= n <= LARGEST_N:
        raise ProblemError(f"cap_set needs a dimension n from 1 to {LARGEST_N}, got n={n!r}.")
    return Problem(
        name="cap_set",
        statement=STATEMENT.format(n=n, count=f"{3**n:,}"),
        seeds=["seed.py"],
        score=partial(score, n=n),
        entry="priority",
        driver="driver.py",
        cases=[Case("space", inputs={"n": n})],
        stages=(Stage(timeout_s=10.0),),
        metrics={"size": "vectors in the set"},
        best_known=float(BEST_KNOWN[n]),
        best_known_source="FunSearch, Nature 625 (2024), Fig. 4a",
        baselines={"product": "product.py"},
    )


def score(output: object, *, n: int) -> Evaluation:
    """The number of vectors in `output`, if it is a cap set.

    Raises:
        InvalidCandidate: it is not a list of different vectors of {0, 1, 2}^n, or three are on a line.
    """
    vectors = _vectors(output, n)
    _check_lines(vectors)
    return Evaluation.ok(float(len(vectors)), size=len(vectors))


def _vectors(output: object, n: int) -> np.ndarray:
    """`output` as ``[size, n]`` int64."""
    if isinstance(output, np.ndarray):
        if output.dtype.kind not in "iu" or output.ndim != 2 or output.shape[1] != n:
            raise InvalidCandidate(
                f"A cap set is an array of whole numbers of shape [size, {n}]; this is {output.dtype} {output.shape}."
            )
        output = output.tolist()
    if not isinstance(output, list | tuple) or not 0 < len(output) <= 3**n:
        raise InvalidCandidate(f"A cap set is a list of 1 to {3**n} vectors of {n} numbers.")
    for number, vector in enumerate(output):
        if not isinstance(vector, list | tuple) or len(vector) != n:
            raise InvalidCandidate(f"Vector {number} must be a list of {n} numbers.")
        if any(type(digit) is not int or not 0 <= digit <= 2 for digit in vector):
            raise InvalidCandidate(f"Vector {number} must hold the numbers 0, 1 and 2 only.")
    return np.array(output, dtype=np.int64)


def _check_lines(vectors: np.ndarray) -> None:
    """Adds one vector after another, and refuses the first that repeats or completes a line.

    The third point of the line through a and b is -(a + b) modulo 3. The cost is quadratic in the
    size of the part that is a cap set, so it is bounded by the largest cap set there is.
    """
    n = vectors.shape[1]
    thirds = _third_points(n - n // 2), _third_points(n // 2)
    base = 3 ** (n // 2)
    indices = vectors @ 3 ** np.arange(n - 1, -1, -1)
    upper, lower = np.divmod(indices, base)
    present = np.zeros(3**n, dtype=bool)
    blocked = np.zeros(3**n, dtype=bool)
    for number, index in enumerate(indices):
        if present[index]:
            raise InvalidCandidate(f"Vector {number}, {vectors[number].tolist()}, is there twice.")
        if blocked[index]:
            raise InvalidCandidate(
                f"Vector {number}, {vectors[number].tolist()}, is on a line with two before it: they sum to 0 modulo 3."
            )
        present[index] = True
        high, low = thirds[0][upper[number]][upper[:number]], thirds[1][lower[number]][lower[:number]]
        blocked[high * base + low] = True


@cache
def _third_points(n: int) -> np.ndarray:
    """Index ``[3**n, 3**n]`` of the third point on the line through two points of n digits."""
    digits = np.arange(3**n)[:, None] // 3 ** np.arange(n - 1, -1, -1) % 3
    return (-digits[:, None] - digits) % 3 @ 3 ** np.arange(n - 1, -1, -1)
