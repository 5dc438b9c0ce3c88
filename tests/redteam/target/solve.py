"""An honest candidate: the sign of each weight."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
