# verdict: crashed
"""Raises SystemExit(0), as sys.exit() does."""
import sys


def solve(weights, hints):
    sys.exit(0)
