# verdict: crashed
"""Exhausts the C stack through the encoding of nested lists."""
import json
import sys


def solve(weights, hints):
    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    return json.dumps(nested)
