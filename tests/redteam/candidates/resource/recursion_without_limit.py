# verdict: crashed memory timeout
# stage: brief
"""Lifts Python's limit on recursion first."""
import sys

sys.setrecursionlimit(10**9)


def solve(weights, hints):
    return [solve(weights, hints)]
