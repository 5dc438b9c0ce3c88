# verdict: crashed invalid
# append: "\ndef broken(:\n"
"""Is not Python."""


def solve(weights, hints):
    return [1.0 for _ in weights]
