# verdict: timeout
# stage: brief
"""Stops itself with SIGSTOP: a stopped process uses no CPU time and never ends."""
import os
import signal


def solve(weights, hints):
    while True:
        os.kill(os.getpid(), signal.SIGSTOP)
