# verdict: invalid
"""Returns text that no file and no terminal can take."""


def solve(weights, hints):
    return "\ud800\udfff\x00\x1b[2J"
