# verdict: crashed invalid
"""Reports a failure with nearly a megabyte of text, escapes and null bytes."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(FAILED, 0, b'{"status": "crashed", "text": "' + b"\\u0000\\u001b[2J\\ud800" * 40_000 + b'"}')
    os._exit(0)
