# verdict: invalid crashed
"""Returns complex numbers as a list."""


def solve(weights, hints):
    return [complex(1.0 if w > 0 else -1.0, 1e6) for w in weights]
