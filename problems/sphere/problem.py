"""Find ten numbers with the smallest sum of squares; the best score is 0."""

import numpy as np

from evo import Evaluation, InvalidCandidate, Problem


def score(output: object) -> Evaluation:
    """Minus the sum of squares."""
    x = np.asarray(output, dtype=float)
    if x.shape != (10,):
        raise InvalidCandidate(f"solve() must return 10 numbers, it returned shape {x.shape}.")
    return Evaluation.ok(-float(x @ x), largest=float(abs(x).max()))


PROBLEM = Problem(
    name="sphere",
    statement=__doc__,
    seeds=["seed.py"],
    score=score,
    evaluator="evaluators/python_function.py:PythonFunction",
)
