"""Who has the say: the model of candidates, the model of changes, or the parent's score alone."""

from itertools import combinations

import numpy as np

VOICES = ("candidate", "change", "parent")

AT_FIRST = (0.3, 0.5, 0.2)
"""Weights before anything is known of their skill."""

BELIEF = 12.0
"""So many verdicts have to speak against these to move them half of the way."""

OF_SLOTS = (0.9, 0.05, 0.05)
"""The same for designs: slots are compared exactly, and siblings are told apart best by what each of them holds.
On fresh mutants of the best after 20 and 40 labels of three landscapes the rank correlation of the model of
candidates alone was .44 and .59, that of an even mixture .31 and .54."""

BELIEF_OF_SLOTS = 60.0

FADING = 0.99
"""Weight of a verdict relative to the next one: the last hundred decide."""


class Stack:
    """Non-negative weights of sum 1, of least squared error on verdicts predicted before they came.

    Everything is in ranks, so that no disaster decides.

    Source: Breiman, Stacked regressions (1996), section 3, on prequential predictions and with fading.
    """

    def __init__(self) -> None:
        self._products = np.zeros((len(VOICES), len(VOICES)))  # of the errors
        self.n = 0.0

    def tell(self, said: np.ndarray, truth: float) -> None:
        """One verdict: ``[len(VOICES)]`` ranks that were said, and the one that came."""
        errors = said - truth
        self._products = FADING * self._products + np.outer(errors, errors)
        self.n = FADING * self.n + 1.0

    def weights(self, of_slots: bool = False) -> np.ndarray:
        """``[len(VOICES)]``; `of_slots` says that candidates are designs."""
        first, belief = (OF_SLOTS, BELIEF_OF_SLOTS) if of_slots else (AT_FIRST, BELIEF)
        start = np.array(first)
        found = simplex(self._products) if self.n else start
        return (self.n * found + belief * start) / (self.n + belief)

    def deviation(self, voice: int) -> float:
        """Root mean squared error of one of them, in ranks."""
        return float(np.sqrt((self._products[voice, voice] + 0.1) / (self.n + 1.0)))


def simplex(products: np.ndarray) -> np.ndarray:
    """Weights ``w >= 0`` of sum 1 with the least ``w @ products @ w``; by trying every set that may be above 0.

    Args:
        products: ``[k, k]`` positive semidefinite, k small.
    """
    k = len(products)
    steady = products + 1e-9 * (1.0 + np.trace(products)) * np.eye(k)
    best, least = np.full(k, 1.0 / k), np.inf
    for size in range(1, k + 1):
        for some in combinations(range(k), size):
            part = np.linalg.solve(steady[np.ix_(some, some)], np.ones(size))
            weights = np.zeros(k)
            weights[list(some)] = part / part.sum()
            if (weights >= 0).all() and (loss := float(weights @ steady @ weights)) < least:
                best, least = weights, loss
    return best
