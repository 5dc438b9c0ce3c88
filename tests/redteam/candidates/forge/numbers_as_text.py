# verdict: ok invalid
# score: 64
"""Returns numbers as text."""


def solve(weights, hints):
    return ["1.0" if w > 0 else "-1.0" for w in weights]
