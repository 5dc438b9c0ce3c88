# verdict: invalid crashed timeout
# stage: brief
"""Sends empty messages of every kind without end, to keep its judge busy."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    while True:
        for kind in (1, 2, 3, 0, 255):
            send(kind, 0, b"")
