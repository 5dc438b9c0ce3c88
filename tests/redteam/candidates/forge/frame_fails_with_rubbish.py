# verdict: crashed invalid
"""Reports a failure that is no JSON object, with a status that is no text."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    send(FAILED, 0, b'[{"status": ["ok"], "text": {"a": null}}, "\xff"]')
    os._exit(0)
