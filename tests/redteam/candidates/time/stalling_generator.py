# verdict: timeout invalid
# stage: brief
"""Returns a generator that stalls when somebody iterates over it."""
import time


def solve(weights, hints):
    def answers():
        time.sleep(60)
        yield 1.0

    return answers()
