# verdict: invalid
"""Names the same key twice, once for who checks and once for who scores."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, *sections):
    """One frame of the jail's own protocol, straight to the judge."""
    body = struct.pack("<I", len(sections)) + b"".join(struct.pack("<I", len(s)) for s in sections) + b"".join(sections)
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    x = repr([1.0 if w > 0 else -1.0 for w in weights]).encode()
    send(CLAIM, 0, b'{"x": ' + x + b', "x": ' + b"[" + b", ".join([b"1e6"] * 16) + b"]}")
    os._exit(0)
