# verdict: timeout
# stage: brief
"""Uses more CPU time than the limit in parallel threads, ending once twice the limit is used."""
import hashlib
import os
import threading

BLOCK = bytes(1 << 20)


def burn():
    while sum(os.times()[:2]) < 1.0:
        hashlib.sha256(BLOCK).digest()


def solve(weights, hints):
    threads = [threading.Thread(target=burn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [1.0 if w > 0 else -1.0 for w in weights]
