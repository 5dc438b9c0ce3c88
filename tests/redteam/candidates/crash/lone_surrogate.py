# verdict: crashed invalid
# append: "\nX = '\ud800'\n"
"""Has a character in its source that cannot be encoded."""


def solve(weights, hints):
    return [1.0 for _ in weights]
