# verdict: crashed invalid
# append: "\nX = '\u0000'\n"
"""Has a null byte in its source."""


def solve(weights, hints):
    return [1.0 for _ in weights]
