# verdict: timeout
# stage: brief
"""Deadlocks with itself."""
import threading


def solve(weights, hints):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
