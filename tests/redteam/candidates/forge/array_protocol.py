# verdict: invalid crashed ok
# score: <=64
"""Returns an object that is an array on demand, a larger one each time."""
import numpy as np


class Liar:
    calls = 0

    def __array__(self, *arguments, **named):
        self.calls += 1
        return np.full(16, 1.0 if self.calls == 1 else 1e6)


def solve(weights, hints):
    return Liar()
