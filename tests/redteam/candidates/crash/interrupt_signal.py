# verdict: crashed
"""Sends SIGINT to itself."""
import os
import signal
import time


def solve(weights, hints):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
