# verdict: invalid crashed
# file: ("redteam", "X = 1")
# file: ("redteam/inside.py", "X = 1")
"""Ships a file that is also the folder of another."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
