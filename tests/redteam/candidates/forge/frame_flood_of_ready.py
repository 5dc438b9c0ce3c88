# verdict: invalid crashed timeout
# stage: brief
"""Says without end that it is ready, which is the one message of no content."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, body):
    """One frame of the jail's own protocol, straight to the judge."""
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def solve(weights, hints):
    frames = struct.pack("<BII", 1, 0, 0) * 4096
    while True:
        os.write(3, frames)
