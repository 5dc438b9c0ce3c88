# verdict: ok
# score: 64
"""Answers, and sleeps in an exit handler: the verdict must not wait for it."""
import atexit
import time

atexit.register(time.sleep, 60)


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
