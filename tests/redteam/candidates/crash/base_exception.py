# verdict: crashed
"""Raises an exception that does not derive from Exception."""


class Odd(BaseException):
    pass


def solve(weights, hints):
    raise Odd("odd")
