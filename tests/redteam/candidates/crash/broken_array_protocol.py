# verdict: invalid crashed
"""Returns an object whose array interface points at address 16."""


class Broken:
    __array_interface__ = {"shape": (16,), "typestr": "<f8", "data": (16, False), "version": 3}


def solve(weights, hints):
    return Broken()
