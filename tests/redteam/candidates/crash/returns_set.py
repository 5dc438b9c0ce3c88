# verdict: invalid crashed
"""Returns a set, which is no JSON."""


def solve(weights, hints):
    return {1.0, -1.0}
