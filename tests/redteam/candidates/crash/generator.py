# verdict: invalid crashed
"""Is a generator function: the call returns a generator."""


def solve(weights, hints):
    yield from [1.0 for _ in weights]
