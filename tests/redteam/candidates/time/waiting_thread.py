# verdict: ok
# score: 64
"""Answers and leaves a thread that is not a daemon: the verdict must not wait for it."""
import threading
import time


def solve(weights, hints):
    threading.Thread(target=time.sleep, args=(60,)).start()
    return [1.0 if w > 0 else -1.0 for w in weights]
