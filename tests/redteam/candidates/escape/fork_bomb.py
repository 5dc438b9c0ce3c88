# verdict: ok
# score: 64
"""Forks in sixteen threads at once, each child sleeping."""
import os
import threading
import time

CHILDREN = []


def multiply():
    try:
        pid = os.fork()
    except OSError:
        return
    if pid == 0:
        time.sleep(20)
        os._exit(0)
    CHILDREN.append(pid)


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    threads = [threading.Thread(target=multiply) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"x": x, "breach": f"{len(CHILDREN)} children"} if CHILDREN else x
