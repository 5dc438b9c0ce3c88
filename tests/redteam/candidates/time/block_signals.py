# verdict: timeout
# stage: brief
"""Blocks every signal that can be blocked, then sleeps without end."""
import signal
import time


def solve(weights, hints):
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    while True:
        time.sleep(1)
