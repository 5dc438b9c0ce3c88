# verdict: crashed
"""Answers the first case and ends with success during the second."""
import os

CALLS = []


def solve(weights, hints):
    CALLS.append(1)
    if len(CALLS) == 2:
        os._exit(0)
    return [1.0 if w > 0 else -1.0 for w in weights]
