# verdict: crashed
"""Takes every built-in function away."""
import builtins


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    vars(builtins).clear()
    return x
