"""The formulas of tree searches: who is stepped down to, when a node is widened, who is drawn."""

import math

import numpy as np

PRIOR_SPREAD = 0.3
"""Spread of ranks that is believed of a subtree before anything is known, with the weight of one score: that
of uniform ranks, 1 / sqrt(12)."""


def may_widen(children: int, visits: int, k: float, alpha: float) -> bool:
    """Whether a node with so many children and visits may have one more: ``children < k * visits ** alpha``.

    Source: progressive widening: Coulom, Computing Elo Ratings of Move Patterns in the Game of Go, 2007.
    """
    return bool(children < k * visits**alpha)


def puct(value: float, gain: float, spread: float, around: int, visits: int, *, c: float) -> float:
    """``value + gain + c * spread * sqrt(around) / (1 + visits)``.

    Args:
        value: of a child's subtree, in ranks from 0 to 1.
        gain: predicted, on top of it.
        spread: what is uncertain of it, in ranks.
        around: visits of the parent.
        visits: of the child; both with what is under way.
        c: weight of what is uncertain.

    Source: the rule of Silver et al., Nature 550 (2017), with a spread in the place of the prior.
    """
    return value + gain + c * spread * math.sqrt(around) / (1 + visits)


def shrunk_spread(high: float, low: float, n: int) -> float:
    """Spread of a subtree of `n` known scores whose ranks reach from `low` to `high`."""
    return (PRIOR_SPREAD + n * (high - low) / 2) / (1 + n)


def mixed_probabilities(
    scores: np.ndarray, surprises: np.ndarray, uniform: float, sharpness: float, curiosity: float
) -> np.ndarray:
    """``uniform / n + (1 - uniform) * softmax(sharpness * ((1 - curiosity) * s + curiosity * u - max s))``.

    Args:
        scores: ``[n]`` s, in points of 100.
        surprises: ``[n]`` u, how far each score was from its prediction, in the same points.
        uniform: lambda, in [0, 1].
        sharpness: alpha, at least 0.
        curiosity: beta, in [0, 1].

    Returns:
        ``[n]`` float64, sums to 1.

    Source: AgentSwift, arXiv 2506.06017; with a curiosity of 0 the soft mixed selection of AFlow, arXiv
    2410.10762. ``max s`` is for the floating point alone: a softmax is the same without it.
    """
    raised = sharpness * ((1 - curiosity) * scores + curiosity * surprises - scores.max())
    weights = np.exp(raised - raised.max())
    found: np.ndarray = uniform / len(scores) + (1 - uniform) * weights / weights.sum()
    return found
