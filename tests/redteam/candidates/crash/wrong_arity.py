# verdict: crashed
"""Takes no arguments."""


def solve():
    return [1.0]
