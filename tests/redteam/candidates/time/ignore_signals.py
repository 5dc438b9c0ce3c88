# verdict: timeout
# stage: brief
"""Ignores every signal that can be ignored, then spins."""
import signal


def solve(weights, hints):
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
