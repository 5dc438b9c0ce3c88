# verdict: crashed
"""Raises an exception with text that cannot be stored: lone surrogates, null bytes, terminal commands."""


def solve(weights, hints):
    print("\x1b]0;redteam\x07")
    raise ValueError("a \ud800 b \x00 c \x1b[2J d")
