# coding: redteam-none
# verdict: crashed invalid ok
# score: 64
"""Declares an encoding that does not exist."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
