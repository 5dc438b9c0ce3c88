# verdict: invalid crashed
# file: ("", "X = 1")
"""Ships a file without a name."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
