# verdict: crashed
"""Ends its process with success and no claim."""
import os


def solve(weights, hints):
    os._exit(0)
