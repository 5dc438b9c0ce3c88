# verdict: invalid crashed
"""Claims twice for the same case, a bad answer and a better one."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, *sections):
    """One frame of the jail's own protocol, straight to the judge."""
    body = struct.pack("<I", len(sections)) + b"".join(struct.pack("<I", len(s)) for s in sections) + b"".join(sections)
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(CLAIM, 0, b"[0.0]")
    send(CLAIM, 0, repr([1.0 if w > 0 else -1.0 for w in weights]).encode())
    return [1.0 if w > 0 else -1.0 for w in weights]
