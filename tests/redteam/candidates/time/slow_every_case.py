# verdict: timeout
# stage: brief
"""Each case alone is within the limit; all of them are not."""
import time


def solve(weights, hints):
    time.sleep(0.3)
    return [1.0 if w > 0 else -1.0 for w in weights]
