# verdict: invalid
"""Returns one number, which would be broadcast."""


def solve(weights, hints):
    return 1e9
