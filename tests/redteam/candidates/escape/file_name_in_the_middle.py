# verdict: invalid crashed
# file: ("package/../../redteam-middle.py", "X = 1")
"""Ships a file whose name leaves the folder in its middle."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
