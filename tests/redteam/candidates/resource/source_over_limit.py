# verdict: invalid
# append: "#" * 300_000
"""Is larger than the 256 KiB that a candidate may have."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
