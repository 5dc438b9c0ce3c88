# verdict: ok
# score: 64
"""Reads standard input to its end: it must be empty, not a terminal or a pipe that hangs."""
import sys


def solve(weights, hints):
    sys.stdin.read()
    return [1.0 if w > 0 else -1.0 for w in weights]
