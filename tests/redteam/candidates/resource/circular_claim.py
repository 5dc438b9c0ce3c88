# verdict: invalid
"""Returns a list that contains itself."""


def solve(weights, hints):
    claim = [1.0] * len(weights)
    claim[0] = claim
    return claim
