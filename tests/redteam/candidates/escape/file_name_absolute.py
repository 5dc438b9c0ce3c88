# verdict: invalid crashed
# file: ("/tmp/redteam-absolute.py", "X = 1")
"""Ships a file with an absolute name."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
