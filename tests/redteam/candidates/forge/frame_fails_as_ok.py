# verdict: crashed invalid
"""Reports a failure whose status is success."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(FAILED, 0, b'{"status": "ok", "text": "", "score": 1e9, "metrics": {"score": 1e9}}')
    os._exit(0)
