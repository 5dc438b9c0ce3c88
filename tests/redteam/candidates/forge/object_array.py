# verdict: invalid crashed
"""Returns an array of objects, which can only be read by unpickling."""
import numpy as np


class Bomb:
    def __reduce__(self):
        return print, ("redteam: unpickled",)


def solve(weights, hints):
    return np.array([Bomb() for _ in weights], dtype=object)
