# verdict: timeout
# stage: brief
"""Prints a byte at a time for a minute: activity must not extend the deadline."""
import os
import time


def solve(weights, hints):
    for _ in range(1200):
        os.write(1, b".")
        time.sleep(0.05)
