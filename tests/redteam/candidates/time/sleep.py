# verdict: timeout
# stage: brief
"""Sleeps: no CPU time is used, only the wall clock can end it."""
import time


def solve(weights, hints):
    time.sleep(60)
