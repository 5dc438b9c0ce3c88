# verdict: crashed timeout
# stage: brief
"""Raises an exception whose text takes a minute to make."""
import time


class Slow(Exception):
    def __str__(self):
        time.sleep(60)
        return "late"

    __repr__ = __str__


def solve(weights, hints):
    raise Slow()
