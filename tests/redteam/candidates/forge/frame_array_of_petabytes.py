# verdict: invalid
"""Sends an array of a few bytes whose header says petabytes."""
import os
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, *sections):
    """One frame of the jail's own protocol, straight to the judge."""
    body = struct.pack("<I", len(sections)) + b"".join(struct.pack("<I", len(s)) for s in sections) + b"".join(sections)
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def npy(header, data):
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin-1") + data


def solve(weights, hints):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000, 1000), }"
    send(CLAIM, 0, b'{"__array__": 0}', npy(header, bytes(64)))
    os._exit(0)
