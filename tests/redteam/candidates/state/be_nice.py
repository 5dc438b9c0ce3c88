# verdict: ok
# score: 64
"""Takes the lowest priority and the idle class, for itself and whoever inherits them."""
import os


def solve(weights, hints):
    for call in (lambda: os.nice(19), lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
                 lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})):
        try:
            call()
        except OSError:
            pass
    return [1.0 if w > 0 else -1.0 for w in weights]
