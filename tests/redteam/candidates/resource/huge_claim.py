# verdict: invalid
"""Returns a list of a million numbers."""


def solve(weights, hints):
    return [1.0] * 1_000_000
