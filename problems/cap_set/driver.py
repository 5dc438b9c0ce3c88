"""Builds a cap set greedily in the order of the candidate's ``priority``; runs inside the jail."""

import itertools

import numpy as np


def drive(priority, n):
    """A cap set, as large as the order of `priority` makes it.

    Args:
        priority: ``priority(element, n) -> float``; elements are tuples of n numbers 0, 1 or 2.
        n: dimension.

    Returns:
        ``[size, n]`` int8: elements from the highest priority down, equals in lexicographic order,
        each taken unless it is the third point of a line through two that were taken before.
    """
    elements = list(itertools.product((0, 1, 2), repeat=n))
    values = np.array([float(priority(element, n)) for element in elements])
    # An element's number is split into the digits of its first and second half, whose third points
    # are looked up in a table each.
    base = 3 ** (n // 2)
    upper_third, lower_third = _thirds(n - n // 2), _thirds(n // 2)
    upper, lower = np.empty((2, len(elements)), dtype=np.int64)
    blocked = np.zeros(len(elements), dtype=bool)
    taken = []
    for number in np.argsort(-values, kind="stable").tolist():
        if blocked[number]:
            continue
        high, low, size = number // base, number % base, len(taken)
        blocked[upper_third[high][upper[:size]] * base + lower_third[low][lower[:size]]] = True
        upper[size], lower[size] = high, low
        taken.append(elements[number])
    return np.array(taken, dtype=np.int8)


def _thirds(n):
    """Number ``[3**n, 3**n]`` of the third point on the line through two: a + b + c = 0 modulo 3."""
    vectors = np.array(list(itertools.product((0, 1, 2), repeat=n)), dtype=np.int64).reshape(3**n, n)
    return (-vectors[:, None] - vectors) % 3 @ 3 ** np.arange(n - 1, -1, -1)
