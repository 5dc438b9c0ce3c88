# verdict: crashed
"""Exhausts the C stack through the printing of nested lists."""
import sys


def solve(weights, hints):
    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    return repr(nested)
