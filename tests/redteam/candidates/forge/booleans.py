# verdict: ok invalid
# score: 40
"""Returns truth values in the place of numbers: true counts as one at most."""


def solve(weights, hints):
    return [bool(w > 0) for w in weights]
