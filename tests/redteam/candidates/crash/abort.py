# verdict: crashed
"""Calls abort(); no core file may appear."""
import os


def solve(weights, hints):
    os.abort()
