# verdict: invalid
"""Returns floats that are a million and say that they are within bounds."""


class Liar(float):
    def __abs__(self):
        return 0.0

    def __le__(self, other):
        return True

    __lt__ = __ge__ = __gt__ = __eq__ = __le__
    __hash__ = float.__hash__

    def __repr__(self):
        return "1.0"


def solve(weights, hints):
    return [Liar(1e6 if w > 0 else -1e6) for w in weights]
