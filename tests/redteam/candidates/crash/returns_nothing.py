# verdict: invalid
"""Returns None."""


def solve(weights, hints):
    pass
