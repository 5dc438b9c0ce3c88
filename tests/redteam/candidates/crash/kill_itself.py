# verdict: crashed
"""Sends SIGKILL to itself; that is a crash, not a lack of memory and not a timeout."""
import os
import signal


def solve(weights, hints):
    os.kill(os.getpid(), signal.SIGKILL)
