# verdict: invalid
"""Sends an array whose size is zero once it has overflowed 64 bits, and one of negative size."""
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
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, -1), }"
    send(CLAIM, 0, b'{"__array__": 0}', npy(header, b""))
    os._exit(0)
