# verdict: ok
# score: 64
# problem: driven
"""Answers a driver that calls it once for each weight."""


def solve(weight):
    return 1.0 if weight > 0 else -1.0
