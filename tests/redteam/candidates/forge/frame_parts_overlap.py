# verdict: invalid
"""Sends a claim whose lengths of parts do not add up to it."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(CLAIM, 0, struct.pack("<4I", 3, 0xFFFFFFFF, 2, 0xFFFFFFFF) + b"[]")
    os._exit(0)
