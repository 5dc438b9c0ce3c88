# verdict: invalid
"""Sends lists nested a hundred deep and well closed."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, *sections):
    """One frame of the jail's own protocol, straight to the judge."""
    body = struct.pack("<I", len(sections)) + b"".join(struct.pack("<I", len(s)) for s in sections) + b"".join(sections)
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(CLAIM, 0, b"[" * 100 + b"1.0" + b"]" * 100)
    os._exit(0)
