# verdict: invalid
"""Returns a text of 900 KB, which no feedback may repeat whole."""


def solve(weights, hints):
    return "redteam " * 110_000
