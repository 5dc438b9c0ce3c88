# verdict: ok
# score: 12.5
"""Many floating point operations whose result is a binary fraction: no digit may change on the way."""

import math


def solve(weights, hints):
    size = math.fsum(1 / 2**k for k in range(1, 60)) + 2.0**-59
    for _ in range(2000):
        size = math.sqrt(size * size)
    return [size * 12.5 / 64 if w > 0 else -size * 12.5 / 64 for w in weights]
