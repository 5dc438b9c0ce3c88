# verdict: timeout
# stage: brief
"""Threads spin while the main thread waits for them."""
import threading


def spin():
    while True:
        pass


def solve(weights, hints):
    threads = [threading.Thread(target=spin, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
