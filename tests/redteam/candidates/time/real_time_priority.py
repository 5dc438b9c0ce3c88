# verdict: timeout
# stage: brief
"""Asks for real-time priority and pins itself to a core, then spins."""
import os


def solve(weights, hints):
    for action in (
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
        lambda: os.nice(-20),
        lambda: os.sched_setaffinity(0, {0}),
    ):
        try:
            action()
        except OSError:
            pass
    while True:
        pass
