# verdict: invalid crashed
"""Returns an object whose text raises."""


class Broken:
    def __repr__(self):
        raise KeyboardInterrupt

    __str__ = __format__ = __repr__


def solve(weights, hints):
    return Broken()
