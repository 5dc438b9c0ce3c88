# verdict: ok invalid crashed
# score: <=63
"""Sends claims for all cases while it has seen the first one only, and ends with success."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, *sections):
    """One frame of the jail's own protocol, straight to the judge."""
    body = struct.pack("<I", len(sections)) + b"".join(struct.pack("<I", len(s)) for s in sections) + b"".join(sections)
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    x = repr([1.0 if w > 0 else -1.0 for w in weights]).encode()
    for case in range(5):
        send(CLAIM, case, x)
    os._exit(0)
