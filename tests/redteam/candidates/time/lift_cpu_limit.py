# verdict: timeout
# stage: brief
"""Tries to lift its CPU limit and to stop timers, then spins."""
import resource
import signal


def solve(weights, hints):
    for limit in ((-1, -1), (10**6, 10**6)):
        try:
            resource.setrlimit(resource.RLIMIT_CPU, limit)
        except (OSError, ValueError):
            pass
    signal.alarm(0)
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)
    while True:
        pass
