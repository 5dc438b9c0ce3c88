# verdict: timeout
# stage: brief
"""A destructor sleeps before the function has returned."""
import time


class Slow:
    def __del__(self):
        time.sleep(60)


def solve(weights, hints):
    Slow()
    return [1.0 if w > 0 else -1.0 for w in weights]
