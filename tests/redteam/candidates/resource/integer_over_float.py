# verdict: invalid crashed
"""Returns integers that are too large for a float."""


def solve(weights, hints):
    return [10**400] * len(weights)
