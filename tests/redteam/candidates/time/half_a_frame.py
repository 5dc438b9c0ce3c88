# verdict: timeout
# stage: brief
"""Announces a claim in the jail's own format, sends the half of it, and neither goes on nor ends."""
import os
import struct
import time


def solve(weights, hints):
    os.write(3, struct.pack("<BII", 4, 0, 100) + b"x" * 50)
    time.sleep(60)
