# verdict: ok
# score: 64
"""Answers and leaves a spinning thread behind, which must not outlive the verdict."""
import threading


def spin():
    while True:
        pass


def solve(weights, hints):
    threading.Thread(target=spin, daemon=True).start()
    return [1.0 if w > 0 else -1.0 for w in weights]
