# verdict: crashed
"""Calls itself without end."""


def solve(weights, hints):
    return solve(weights, hints)
