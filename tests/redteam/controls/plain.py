# verdict: ok
# score: 64
"""Plain Python."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
