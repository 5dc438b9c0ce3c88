# verdict: invalid crashed
"""Returns an object whose every way of being copied raises."""


class Broken:
    def __reduce__(self):
        raise KeyboardInterrupt

    __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = __reduce__


def solve(weights, hints):
    return [Broken()] * len(weights)
