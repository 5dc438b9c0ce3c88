# verdict: memory
# stage: long
"""One allocation far over the limit."""


def solve(weights, hints):
    return b"x" * (1 << 40)
