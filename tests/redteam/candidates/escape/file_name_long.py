# verdict: invalid crashed
# file: ("redteam-" + "n" * 300, "X = 1")
"""Ships a file with a name longer than any file system takes."""


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
