# verdict: memory crashed timeout
# stage: long
"""Many threads run out of memory at the same moment."""
import threading


def grow():
    kept = []
    while True:
        kept.append(bytearray(1 << 22))


def solve(weights, hints):
    threads = [threading.Thread(target=grow) for _ in range(8)]
    for thread in threads:
        thread.start()
    grow()
