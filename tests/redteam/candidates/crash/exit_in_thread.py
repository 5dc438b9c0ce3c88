# verdict: ok
# score: 64
"""Calls sys.exit in a thread, which ends that thread only."""
import sys
import threading


def solve(weights, hints):
    thread = threading.Thread(target=sys.exit, args=(0,))
    thread.start()
    thread.join()
    return [1.0 if w > 0 else -1.0 for w in weights]
