# verdict: crashed
"""Raises an exception with ten megabytes of text."""


def solve(weights, hints):
    raise ValueError("redteam \x00\x1b[31m\ud800" * 600_000)
