# verdict: crashed invalid
"""Reports a failure whose status and text are not text."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(FAILED, 0, b'{"status": {"ok": 1}, "text": [1, {"a": 1e999}], "case": -1}')
    os._exit(0)
