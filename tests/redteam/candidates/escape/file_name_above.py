# verdict: invalid crashed
# file: ("../redteam-above.py", "X = 1")
"""Ships a file whose name leads above its folder."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
