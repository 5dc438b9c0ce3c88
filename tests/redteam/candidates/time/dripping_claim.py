# verdict: timeout invalid
# stage: brief
"""Drips bytes into every descriptor it has: half a message must not hold the judge."""
import os
import time


def solve(weights, hints):
    while True:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"\x01")
            except OSError:
                pass
        time.sleep(0.05)
