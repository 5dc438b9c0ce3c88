"""A problem whose evaluator does what it is told."""

from evo import Evaluation, Problem
from evo.types import Stage


def score(output: float) -> Evaluation:
    return Evaluation.ok(2.0 * output)


PROBLEM = Problem(
    name="toy",
    statement=__doc__ or "",
    seeds=[{"do.txt": "score 1"}],
    evaluator="evaluator.py:Obedient",
    score=score,
    stages=(Stage(timeout_s=2.0),),
)
