# verdict: invalid
"""Returns infinity in the sign of the weights."""


def solve(weights, hints):
    return [float("inf") if w > 0 else float("-inf") for w in weights]
