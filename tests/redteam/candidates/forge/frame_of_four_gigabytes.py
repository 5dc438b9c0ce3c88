# verdict: invalid crashed
"""Announces a claim of four gigabytes and sends it as long as anybody takes it."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    os.write(3, struct.pack("<BII", CLAIM, 0, 0xFFFFFFFF))
    while True:
        os.write(3, bytes(1 << 16))
