# verdict: invalid
"""Refers to the same array a hundred thousand times, to arrays that are not there, and to -1."""
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
    array = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (16,), }", bytes(128))
    tree = b"[" + b",".join([b'{"__array__": 0}'] * 50_000 + [b'{"__array__": -1}', b'{"__array__": 1e9}']) + b"]"
    send(CLAIM, 0, tree, array)
    os._exit(0)
