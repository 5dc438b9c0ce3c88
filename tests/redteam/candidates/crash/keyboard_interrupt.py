# verdict: crashed
"""Raises KeyboardInterrupt, which many loops let through."""


def solve(weights, hints):
    raise KeyboardInterrupt
