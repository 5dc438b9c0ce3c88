# verdict: ok invalid
# score: <=64
"""Returns an array whose conversion, sum and comparison lie."""
import numpy as np


class Liar(np.ndarray):
    def __array__(self, *arguments, **named):
        return np.full(16, 1e6)

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        return np.zeros(16)

    def __array_function__(self, *arguments, **named):
        return np.full(16, 1e6)

    def tolist(self):
        return [1e6] * 16

    def tobytes(self, *arguments):
        return np.full(16, 1e6).tobytes()

    def __reduce__(self):
        return np.full, (16, 1e6)


def solve(weights, hints):
    return np.array([1.0 if w > 0 else -1.0 for w in weights]).view(Liar)
