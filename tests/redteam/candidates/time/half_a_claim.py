# verdict: timeout invalid crashed
# stage: brief
"""Writes the start of a message to every descriptor and then neither goes on nor ends."""
import os
import time


def solve(weights, hints):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\x00\x01\x00\x00{")
        except OSError:
            pass
    time.sleep(60)
