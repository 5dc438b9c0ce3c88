# verdict: crashed invalid
"""Writes to standard error without end, past closed and reopened streams."""
import sys


def solve(weights, hints):
    while True:
        sys.stderr.write("redteam " * 8192)
