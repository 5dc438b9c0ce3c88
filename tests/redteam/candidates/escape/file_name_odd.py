# verdict: invalid crashed
# file: ("redteam-\x00null.py", "X = 1")
"""Ships a file with a null byte in its name."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
