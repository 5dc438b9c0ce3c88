# verdict: ok
# score: 64
"""Leaves an object behind whose destructor sleeps: the verdict must not wait for it."""
import time


class Slow:
    def __del__(self):
        time.sleep(60)


KEPT = Slow()


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
